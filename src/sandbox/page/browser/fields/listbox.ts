import { freshId, h } from '../dom.ts';
import type { Option } from './combobox.ts';

export interface Listbox {
  readonly element: HTMLElement;
  open(options: readonly Option[], chosen: readonly string[]): void;
  close(): void;
  isOpen(): boolean;
  move(by: number): void;
  pickCurrent(): void;
}

/** The list under a combobox; the focus stays in its input. */
export function createListbox(
  input: HTMLInputElement,
  multiple: boolean,
  pick: (option: Option) => void,
): Listbox {
  const id = freshId('listbox');
  const element = h('ul', {
    id,
    class: 'listbox',
    role: 'listbox',
    'aria-label': 'Choices',
    'aria-multiselectable': multiple ? 'true' : null,
    hidden: true,
  });
  input.setAttribute('aria-controls', id);
  let rows: { readonly row: HTMLElement; readonly option: Option }[] = [];
  let current = -1;

  function point(index: number): void {
    current = rows.length === 0 ? -1 : (index + rows.length) % rows.length;
    rows.forEach(({ row }, at) => row.classList.toggle('current', at === current));
    const row = rows[current]?.row;
    row?.scrollIntoView({ block: 'nearest' });
    if (row === undefined) input.removeAttribute('aria-activedescendant');
    else input.setAttribute('aria-activedescendant', row.id);
  }

  function show(visible: boolean): void {
    element.hidden = !visible;
    input.setAttribute('aria-expanded', String(visible));
    if (!visible) input.removeAttribute('aria-activedescendant');
  }

  return {
    element,
    open(options, chosen) {
      rows = options.map((option) => ({
        option,
        row: drawRow(option, chosen.includes(option.value), pick),
      }));
      const none = h(
        'li',
        { class: 'listbox-none', role: 'option', 'aria-disabled': 'true' },
        'Nothing found.',
      );
      element.replaceChildren(...(rows.length === 0 ? [none] : rows.map(({ row }) => row)));
      show(true);
      point(
        Math.max(
          0,
          rows.findIndex(({ option }) => chosen.includes(option.value)),
        ),
      );
    },
    close: () => show(false),
    isOpen: () => !element.hidden,
    move: (by) => point(current + by),
    pickCurrent() {
      const row = rows[current];
      if (!element.hidden && row !== undefined) pick(row.option);
    },
  };
}

function drawRow(option: Option, isChosen: boolean, pick: (option: Option) => void): HTMLElement {
  const row = h(
    'li',
    { id: freshId('option'), role: 'option', class: 'option', 'aria-selected': String(isChosen) },
    h('span', {}, option.label),
    option.hint !== '' && h('span', { class: 'choice-hint' }, option.hint),
  );
  // Before the input loses its focus, which closes the list.
  row.addEventListener('mousedown', (event) => {
    event.preventDefault();
    pick(option);
  });
  return row;
}
