import type { GuidePath, PersonView } from '../../wire.ts';
import { h } from '../dom.ts';
import { keep } from '../keep.ts';
import type { Kept } from '../keep.ts';
import { go } from '../place.ts';
import { part } from '../state.ts';
import { drawAvatar } from './avatar.ts';
import { choosePath, chosenPath, drawDoors } from './guide.ts';

interface View {
  readonly element: HTMLElement;
  show(person: string): void;
}

/** Where a first-time visitor begins. */
export function createStartView(): View {
  const paths = h('div', { class: 'paths' });
  const cast = h('ul', { class: 'cast' });
  const element = h(
    'div',
    { class: 'conversation' },
    h(
      'div',
      { class: 'scroller padded start', tabindex: 0, 'aria-label': 'Start' },
      h('h1', { tabindex: -1 }, 'Try it: a service account from question to proof'),
      h(
        'p',
        { class: 'lead' },
        'This is the real app in a workspace that only exists on this machine. Slack, the vendors, the secret store, the wiki and the mail are stand-ins that keep the real rules; nothing leaves this machine. You play everybody: switch the person at the top.',
      ),
      paths,
      h('h2', { class: 'cast-title' }, 'Who is who'),
      cast,
    ),
  );
  return {
    element,
    show(person) {
      const chosen = chosenPath()?.kind;
      keep(
        paths,
        (part('guide') ?? []).map((path) => ({
          key: path.kind,
          signature: JSON.stringify([path, person, chosen === path.kind]),
          draw: () => drawPath(path, person, chosen === path.kind),
        })),
      );
      keep(cast, (part('workspace')?.people ?? []).filter(({ bot }) => !bot).map(personPart));
    },
  };
}

function personPart({ id, name, part: words }: PersonView): Kept {
  return {
    key: id,
    signature: name,
    draw: () =>
      h(
        'li',
        {},
        drawAvatar(name, id),
        h('span', {}, h('strong', {}, name), ' ', h('span', { class: 'quiet' }, words)),
      ),
  };
}

const INTRODUCTIONS: Readonly<Record<string, string>> = {
  integration: 'GitLab lets an API do everything, so this one runs nearly by itself.',
  automation: 'GitHub wants a person for some steps: sign up, accept, make the token.',
  'flow-user': 'A user of Flow itself: invited, signed up, given a key and a role.',
};

function drawPath(path: GuidePath, person: string, isChosen: boolean): HTMLElement {
  const begun = path.request !== null || isChosen;
  function begin(): void {
    choosePath(path.kind);
    const [channel] = part('workspace')?.channels ?? [];
    const [first] = path.steps;
    const starter = begun ? person : (first?.as ?? person);
    go({ person: starter, view: 'channel', id: channel?.id ?? '' });
  }
  return h(
    'section',
    { class: isChosen ? 'card path chosen' : 'card path' },
    h('h2', {}, path.title),
    h('p', { class: 'quiet' }, path.end ?? INTRODUCTIONS[path.kind] ?? ''),
    h(
      'ol',
      { class: 'path-steps' },
      ...path.steps.map((step) =>
        h(
          'li',
          { class: step.state, 'aria-current': step.state === 'now' && begun ? 'step' : null },
          h('span', {}, step.title),
          h('span', { class: 'visually-hidden' }, ` (${step.state})`),
        ),
      ),
    ),
    h(
      'div',
      { class: 'block-actions' },
      h(
        'button',
        { type: 'button', class: 'button primary', onclick: begin },
        begun ? 'Go on' : 'Begin',
      ),
      ...(begun ? nextDoors(path, person) : []),
    ),
  );
}

function nextDoors(path: GuidePath, person: string): HTMLElement[] {
  const step = path.steps.find(({ state }) => state === 'now');
  if (step === undefined) return [];
  return drawDoors(path, step, person).map((door) => {
    door.classList.replace('primary', 'plain');
    return door;
  });
}
