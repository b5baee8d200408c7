import { h } from '../dom.ts';
import { keep } from '../keep.ts';
import type { Kept } from '../keep.ts';
import { here, linkTo } from '../place.ts';
import type { Place } from '../place.ts';
import { boards, part } from '../state.ts';

interface View {
  readonly element: HTMLElement;
  show(): void;
}

/** Everywhere one can go. */
export function createNavigation(): View {
  const list = h('div');
  const element = h('nav', { id: 'navigation', class: 'navigation', 'aria-label': 'Places' }, list);
  return {
    element,
    show: () => keep(list, groups()),
  };
}

interface Door {
  readonly label: string;
  readonly place: Partial<Place>;
  readonly waits: number;
}

function groups(): readonly Kept[] {
  const workspace = part('workspace');
  const channels = workspace?.channels ?? [];
  const door = (label: string, place: Partial<Place>, waits = 0): Door => ({ label, place, waits });
  return [
    group('', [door('Start here', { view: 'start', id: '' })]),
    group('Slack', [
      ...channels.map(({ id, name }) => door(`# ${name}`, { view: 'channel', id })),
      door('Messages from the app', { view: 'direct', id: '' }),
      door('App Home', { view: 'home', id: '' }),
    ]),
    group(
      'Systems',
      boards().map(({ id, name, humanSteps }) =>
        door(name, { view: 'board', id }, humanSteps.length),
      ),
    ),
    group('Resilience', [door('Break something', { view: 'trouble', id: '' }, broken())]),
  ];
}

function broken(): number {
  const troubles = part('troubles');
  const down = troubles?.systems.filter((system) => system.down).length ?? 0;
  return down + (troubles?.worker.state === 'killed' ? 1 : 0);
}

function group(title: string, doors: readonly Door[]): Kept {
  const { person, view, id } = here();
  return {
    key: title,
    signature: JSON.stringify([doors, person, view, id]),
    draw: () =>
      h(
        'div',
        { class: 'navigation-group' },
        title !== '' && h('h2', {}, title),
        h(
          'ul',
          {},
          ...doors.map((one) =>
            h('li', {}, drawDoor(one, one.place.view === view && (one.place.id ?? '') === id)),
          ),
        ),
      ),
  };
}

function drawDoor({ label, place, waits }: Door, isHere: boolean): HTMLElement {
  return h(
    'a',
    {
      href: linkTo(place),
      'aria-current': isHere ? 'page' : null,
      'data-focus': label,
    },
    h('span', {}, label),
    waits > 0 &&
      h(
        'span',
        { class: 'count' },
        String(waits),
        h('span', { class: 'visually-hidden' }, ' waiting'),
      ),
  );
}
