import { h } from '../dom.ts';
import { createListbox } from './listbox.ts';
import type { Listbox } from './listbox.ts';
import { createLatestSearch } from './latest-search.ts';
import type { LatestSearch } from './latest-search.ts';

export interface Option {
  readonly value: string;
  readonly label: string;
  readonly hint: string;
}

interface Settings {
  readonly id: string;
  readonly multiple: boolean;
  readonly labelledBy: string | null;
  /** Said where there is no label. */
  readonly label: string;
  readonly describedBy: string | null;
  readonly invalid: boolean;
  readonly placeholder: string;
  readonly focusKey: string;
  search(typed: string): Promise<readonly Option[]>;
  changed(chosen: readonly Option[]): void;
}

interface Combobox {
  readonly element: HTMLElement;
  /** Shows what is chosen without telling anybody. */
  show(chosen: readonly Option[]): void;
}

/** A list with search (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/), for one value or many. */
export function createCombobox(settings: Settings): Combobox {
  const { multiple } = settings;
  let chosen: readonly Option[] = [];
  const input = createInput(settings);
  const chips = h('span', { class: 'chips' });
  const listbox = createListbox(input, multiple, (option) => pick(option));
  const box = h('div', { class: 'combobox-box' }, multiple && chips, input);
  const element = h('div', { class: 'combobox' }, box, listbox.element);

  function show(next: readonly Option[]): void {
    const same = labelsOf(next) === labelsOf(chosen);
    chosen = next;
    // Chips that stay are not drawn anew: a click on one may be under way.
    if (multiple && !same) {
      chips.replaceChildren(...next.map((option) => drawChip(option, () => drop(option))));
    }
    const isBusy = document.activeElement === input && listbox.isOpen();
    if (!multiple && !isBusy) input.value = labelOf(next);
    input.placeholder = multiple && next.length > 0 ? '' : settings.placeholder;
  }

  function change(next: readonly Option[]): void {
    show(next);
    settings.changed(next);
  }

  function drop(option: Option | undefined): void {
    if (option === undefined) return;
    change(chosen.filter(({ value }) => value !== option.value));
    input.focus();
  }

  function pick(option: Option): void {
    const has = chosen.some(({ value }) => value === option.value);
    if (multiple) {
      change(has ? chosen.filter(({ value }) => value !== option.value) : [...chosen, option]);
      input.value = '';
      void search.now();
      return;
    }
    search.callOff();
    listbox.close();
    input.value = option.label;
    if (!has) change([option]);
  }

  const typed = (): string => (!multiple && input.value === labelOf(chosen) ? '' : input.value);
  const search = createLatestSearch(
    () => settings.search(typed()),
    (found) => {
      if (document.activeElement !== input) return;
      const values = chosen.map(({ value }) => value);
      listbox.open(found, values);
    },
  );

  wire({
    input,
    box,
    listbox,
    search,
    show: () => show(chosen),
    removeLast: () => drop(multiple ? chosen.at(-1) : undefined),
  });
  return { element, show };
}

function labelOf(chosen: readonly Option[]): string {
  return chosen[0]?.label ?? '';
}

function labelsOf(options: readonly Option[]): string {
  return JSON.stringify(options.map(({ value, label }) => [value, label]));
}

function createInput(settings: Settings): HTMLInputElement {
  const { labelledBy, label, describedBy, invalid, focusKey } = settings;
  return h('input', {
    type: 'text',
    id: settings.id,
    class: 'combobox-input',
    role: 'combobox',
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-expanded': 'false',
    'aria-autocomplete': 'list',
    'aria-labelledby': labelledBy,
    'aria-label': labelledBy === null ? label : null,
    'aria-describedby': describedBy,
    'aria-invalid': invalid ? 'true' : null,
    'data-focus': focusKey,
  });
}

function drawChip(option: Option, remove: () => void): HTMLElement {
  return h(
    'span',
    { class: 'chip' },
    option.label,
    h('button', { type: 'button', 'aria-label': `Remove ${option.label}`, onclick: remove }, '×'),
  );
}

interface Wiring {
  readonly input: HTMLInputElement;
  readonly box: HTMLElement;
  readonly listbox: Listbox;
  readonly search: LatestSearch;
  show(): void;
  removeLast(): void;
}

function wire({ input, box, listbox, search, show, removeLast }: Wiring): void {
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => (listbox.isOpen() ? listbox.move(1) : void search.now()),
    ArrowUp: () => listbox.move(-1),
    Enter: () => listbox.pickCurrent(),
    Escape: () => {
      search.callOff();
      listbox.close();
    },
  };
  input.addEventListener('input', () => search.soon());
  box.addEventListener('click', (event) => {
    if (event.target instanceof HTMLButtonElement) return;
    input.focus();
    if (!listbox.isOpen()) void search.now();
  });
  input.addEventListener('focus', () => input.select());
  input.addEventListener('blur', () => {
    search.callOff();
    listbox.close();
    show();
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Backspace' && input.value === '') removeLast();
    const act = keys[event.key];
    if (act === undefined || (event.key === 'Escape' && !listbox.isOpen())) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });
}
