import type { GuidePath, GuideStep } from '../../wire.ts';
import { ask } from '../ask.ts';
import { h } from '../dom.ts';
import type { Kept } from '../keep.ts';
import { go, here, linkTo, placeOf } from '../place.ts';
import { part } from '../state.ts';

const KEY = 'sandbox-path';

/** The path that the visitor follows, if any. */
export function chosenPath(): GuidePath | undefined {
  const kind = sessionStorage.getItem(KEY);
  return part('guide')?.find((path) => path.kind === kind);
}

export function choosePath(kind: string | null): void {
  if (kind === null) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, kind);
}

/** What to do next on the chosen path, above everything else. */
export function guideStrip(person: string): readonly Kept[] {
  const path = chosenPath();
  const step = path?.steps.find(({ state }) => state === 'now');
  if (path === undefined || step === undefined) return [];
  const place = here();
  return [
    {
      key: 'strip',
      signature: JSON.stringify([path, person, place]),
      draw: () => drawStrip(path, step, person),
    },
  ];
}

function drawStrip(path: GuidePath, step: GuideStep, person: string): HTMLElement {
  const at = path.steps.indexOf(step) + 1;
  function leave(): void {
    choosePath(null);
    go({ view: 'start', id: '' });
  }
  return h(
    'section',
    { class: 'strip', 'aria-label': 'Guide' },
    h(
      'div',
      { class: 'strip-words' },
      h('p', { class: 'eyebrow' }, `Guide · step ${at} of ${path.steps.length}`),
      h('p', {}, h('strong', {}, path.end ?? `${step.title}.`), ' ', step.detail),
    ),
    h(
      'div',
      { class: 'strip-doors' },
      ...drawDoors(path, step, person),
      h('button', { type: 'button', class: 'linklike', onclick: leave }, 'Leave the guide'),
    ),
  );
}

/** Inside the form, which hides the strip: what the page can do for the impatient. */
export function helpWithForm(): readonly Kept[] {
  const path = chosenPath();
  const help = path?.steps.find(({ state }) => state === 'now')?.help ?? null;
  if (path === undefined || help?.act !== 'fill-form') return [];
  return [
    {
      key: path.kind,
      signature: help.label,
      draw: () => drawHelp(path.kind, help, 'plain'),
    },
  ];
}

/** The ways to the step: being the person, going to the place, or having it done. */
export function drawDoors(path: GuidePath, step: GuideStep, person: string): HTMLElement[] {
  const { as, spots, help } = step;
  const name = part('workspace')?.people.find(({ id }) => id === as)?.name ?? '';
  if (as !== null && as !== person) {
    const [first] = spots;
    const place = first === undefined ? channelPlace() : placeOf(first.spot);
    const href = linkTo({ ...place, person: as });
    return [h('a', { class: 'button primary', href }, `Continue as ${name}`)];
  }
  const links = spots
    .map(({ label, spot }) => ({ label, href: linkTo(placeOf(spot)) }))
    .filter(({ href }) => href !== linkTo(here()))
    .map(({ label, href }, index) =>
      h('a', { class: index === 0 ? 'button primary' : 'button plain', href }, label),
    );
  return [...links, ...(help === null ? [] : [drawHelp(path.kind, help, 'primary')])];
}

function drawHelp(
  kind: string,
  { label, act }: NonNullable<GuideStep['help']>,
  style: 'primary' | 'plain',
): HTMLElement {
  const button = h('button', { type: 'button', class: `button ${style}` }, label);
  button.addEventListener('click', () => {
    void (async () => {
      button.ariaBusy = 'true';
      go(channelPlace());
      await ask({ do: 'help', act, kind });
      button.ariaBusy = null;
    })();
  });
  return button;
}

function channelPlace() {
  const [channel] = part('workspace')?.channels ?? [];
  return { view: 'channel', id: channel?.id ?? '' } as const;
}
