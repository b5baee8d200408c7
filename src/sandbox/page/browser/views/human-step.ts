import type { BroughtBack, HumanStep } from '../../wire.ts';
import { ask } from '../ask.ts';
import { h } from '../dom.ts';
import { here, linkTo, placeOf } from '../place.ts';
import { part } from '../state.ts';

/** A step that waits for a person in this system, with the vendor's own pages put into one button. */
export function drawHumanStep(step: HumanStep, person: string): HTMLElement {
  const assignee = part('workspace')?.people.find(({ id }) => id === step.assignee);
  const name = assignee?.name ?? step.assignee;
  const outcome = h('div', { class: 'brought-back', 'aria-live': 'polite' });
  return h(
    'section',
    { class: 'card waiting' },
    h('p', { class: 'eyebrow' }, `${step.request} waits for ${name}`),
    h('h2', {}, step.title),
    h('ol', {}, ...step.instructions.map((line) => h('li', {}, line))),
    step.assignee === person
      ? drawDoIt(step, outcome)
      : h(
          'a',
          { class: 'button plain', href: linkTo({ ...here(), person: step.assignee }) },
          `Continue as ${name}`,
        ),
    outcome,
  );
}

function drawDoIt(step: HumanStep, outcome: HTMLElement): HTMLElement {
  const button = h('button', { type: 'button', class: 'button primary' }, 'Do these steps here');
  button.addEventListener('click', () => {
    void (async () => {
      button.disabled = true;
      const { request, step: id } = step;
      const brought = await ask<BroughtBack>({ do: 'perform', request, step: id });
      button.disabled = brought !== null;
      if (brought !== null) outcome.replaceChildren(...drawOutcome(step, brought));
    })();
  });
  return button;
}

function drawOutcome(step: HumanStep, { answers, deposit }: BroughtBack): HTMLElement[] {
  const back = step.spot === null ? null : linkTo(placeOf(step.spot));
  const next =
    deposit === null
      ? 'Done here. Now choose “Done” in the thread.'
      : 'It is shown once. Copy it, get the one-time page in the thread, and paste it there.';
  return [
    h('p', {}, h('strong', {}, next)),
    ...answers.map(([label, value]) => drawCopy(label, value)),
    ...(deposit === null ? [] : [drawCopy('What you were given', deposit)]),
    ...(back === null ? [] : [h('a', { class: 'button plain', href: back }, 'Go to the thread')]),
  ];
}

function drawCopy(label: string, value: string): HTMLElement {
  const copy = h('button', { type: 'button', class: 'button plain' }, 'Copy');
  copy.addEventListener('click', () => {
    void (async () => {
      await navigator.clipboard.writeText(value);
      copy.textContent = 'Copied';
    })();
  });
  return h(
    'p',
    { class: 'copy' },
    h('span', { class: 'quiet' }, `${label}: `),
    h('code', { class: 'revealed' }, value),
    copy,
  );
}
