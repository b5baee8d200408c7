import type { BoardTable, BoardView, Cell } from '../../wire.ts';
import { h } from '../dom.ts';
import { keep } from '../keep.ts';
import type { Kept } from '../keep.ts';
import { linkTo, placeOf } from '../place.ts';
import { boards } from '../state.ts';
import { drawEntry } from './board-entry.ts';
import { drawHumanStep } from './human-step.ts';

interface View {
  readonly element: HTMLElement;
  show(board: string, entry: string, person: string): void;
}

/** A system outside Slack, as its own pages would show it. */
export function createBoardView(): View {
  const name = h('h1', { tabindex: -1 });
  const about = h('p', { class: 'quiet' });
  const body = h('div', { class: 'board' });
  const element = h(
    'div',
    { class: 'conversation' },
    h('header', { class: 'pane-head' }, name, about),
    h(
      'div',
      { class: 'scroller padded', tabindex: 0, 'aria-label': 'What is in this system' },
      body,
    ),
  );
  return {
    element,
    show(id, entryId, person) {
      const board = boards().find((one) => one.id === id);
      name.textContent = board?.name ?? 'Not here';
      about.textContent = board?.about ?? 'There is no such system in this sandbox.';
      keep(body, board === undefined ? [] : partsOf(board, entryId, person));
    },
  };
}

function partsOf(board: BoardView, entryId: string, person: string): readonly Kept[] {
  const entry = board.entries.find(({ id }) => id === entryId);
  return [
    ...board.humanSteps.map((step) => ({
      key: `step ${step.request} ${step.step} ${step.title}`,
      signature: JSON.stringify([step, person]),
      draw: () => drawHumanStep(step, person),
    })),
    ...(entry === undefined
      ? []
      : [
          {
            key: `entry ${entry.id}`,
            signature: JSON.stringify([entry, person]),
            draw: () => drawEntry(board.id, entry),
          },
        ]),
    ...board.tables.map((table) => ({
      key: `table ${table.title}`,
      signature: JSON.stringify([table, person]),
      draw: () => drawBoardTable(table),
    })),
    {
      key: 'calls',
      signature: JSON.stringify(board.calls),
      draw: () => drawCalls(board.calls),
    },
  ];
}

function drawBoardTable({ title, columns, rows, empty }: BoardTable): HTMLElement {
  const head = h('tr', {}, ...columns.map((column) => h('th', { scope: 'col' }, column)));
  const table = h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': title },
    h(
      'table',
      { class: 'table' },
      h('thead', {}, head),
      h('tbody', {}, ...rows.map((row) => h('tr', {}, ...row.map(drawCell)))),
    ),
  );
  return h(
    'section',
    { class: 'card' },
    h('h2', {}, title),
    rows.length === 0 ? h('p', { class: 'quiet' }, empty) : table,
  );
}

function drawCell({ text, tone, code, spot }: Cell): HTMLElement {
  const words = code === true ? h('code', {}, text) : text;
  const toned = tone === undefined ? words : h('span', { class: `tone ${tone}` }, text);
  return h('td', {}, spot === undefined ? toned : h('a', { href: linkTo(placeOf(spot)) }, text));
}

function drawCalls(calls: BoardView['calls']): HTMLElement {
  const rows = calls.map(({ call, status }) =>
    h(
      'li',
      {},
      h('span', { class: status < 400 ? 'tone good' : 'tone bad' }, String(status)),
      ' ',
      h('code', {}, call),
    ),
  );
  return h(
    'details',
    { class: 'card calls' },
    h('summary', {}, `The app’s last calls (${calls.length})`),
    calls.length === 0
      ? h('p', { class: 'quiet' }, 'The app has not called this system over HTTP yet.')
      : h('ul', {}, ...rows),
  );
}
