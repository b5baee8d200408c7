import { h } from '../dom.ts';
import { keep } from '../keep.ts';
import { go, here, linkTo } from '../place.ts';
import { isConnected, part } from '../state.ts';
import { drawAvatar } from './avatar.ts';
import { createThemeButton } from './theme.ts';

interface View {
  readonly element: HTMLElement;
  show(): void;
}

/** Who one is, above everything. */
export function createTopBar(): View {
  const menu = h(
    'button',
    {
      type: 'button',
      class: 'menu',
      'aria-label': 'Places',
      'aria-expanded': 'false',
      'aria-controls': 'navigation',
    },
    '☰',
  );
  menu.addEventListener('click', () =>
    openMenu(menu, !document.body.classList.contains('menu-open')),
  );
  addEventListener('hashchange', () => openMenu(menu, false));
  const people = h('div', { class: 'people', role: 'group', 'aria-label': 'Act as' });
  const select = h('select', { class: 'people-select', 'aria-label': 'Act as' });
  select.addEventListener('change', () => go({ ...here(), person: select.value }));
  const offline = h('span', { class: 'offline', role: 'status' });
  const element = h(
    'header',
    { class: 'top-bar' },
    menu,
    h('a', { class: 'brand', href: linkTo({ view: 'start', id: '' }) }, 'Flow service accounts'),
    h('span', { class: 'badge sandbox' }, 'Sandbox'),
    offline,
    people,
    select,
    createThemeButton(),
  );
  return {
    element,
    show() {
      offline.textContent = isConnected() ? '' : 'not connected';
      showPeople(people, select);
    },
  };
}

function openMenu(menu: HTMLElement, open: boolean): void {
  document.body.classList.toggle('menu-open', open);
  menu.setAttribute('aria-expanded', String(open));
}

function showPeople(row: HTMLElement, select: HTMLSelectElement): void {
  const { person } = here();
  const all = part('workspace')?.people.filter(({ bot }) => !bot) ?? [];
  const wanted = new Set(
    (part('guide') ?? []).flatMap(({ steps, request }) =>
      steps
        .filter(({ state, as }) => state === 'now' && request !== null && as !== null)
        .map(({ as }) => as),
    ),
  );
  keep(
    row,
    all.map(({ id, name, part: words }) => ({
      key: id,
      signature: JSON.stringify([name, id === person, wanted.has(id), here()]),
      draw: () =>
        h(
          'a',
          {
            class: 'person',
            href: linkTo({ ...here(), person: id }),
            title: `${name}: ${words}`,
            'aria-current': id === person ? 'true' : null,
            'data-focus': id,
          },
          drawAvatar(name, id),
          h('span', {}, name),
          wanted.has(id) &&
            h(
              'span',
              { class: 'dot' },
              h('span', { class: 'visually-hidden' }, ' (has something to do)'),
            ),
        ),
    })),
  );
  keep(
    select,
    all.map(({ id, name, part: words }) => ({
      key: id,
      signature: name,
      draw: () => h('option', { value: id }, `${name}: ${words}`),
    })),
  );
  select.value = person;
}
