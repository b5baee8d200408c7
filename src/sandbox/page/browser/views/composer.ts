import { ask } from '../ask.ts';
import { h } from '../dom.ts';
import { createListbox } from '../fields/listbox.ts';
import type { Listbox } from '../fields/listbox.ts';
import type { Option } from '../fields/combobox.ts';
import { part } from '../state.ts';

interface Composer {
  readonly element: HTMLElement;
  /** The channel in which the command is typed. */
  useIn(channel: string): void;
}

/** Where the command is typed, with completion as in Slack. */
export function createComposer(): Composer {
  let channel = '';
  const input = h('input', {
    type: 'text',
    class: 'composer-input',
    role: 'combobox',
    'aria-label': 'Type a command',
    'aria-expanded': 'false',
    'aria-autocomplete': 'list',
    placeholder: 'Type / for the command, or a message',
    autocomplete: 'off',
    spellcheck: 'false',
    'data-focus': 'composer',
  });
  const listbox = createListbox(input, false, (option) => complete(option));
  const send = h('button', { type: 'submit', class: 'button primary' }, 'Send');
  const form = h(
    'form',
    { class: 'composer' },
    h('div', { class: 'combobox up' }, input, listbox.element),
    send,
  );

  function suggest(): void {
    const found = input.value.startsWith('/') ? suggestionsFor(input.value) : [];
    if (found.length === 0) listbox.close();
    else listbox.open(found, []);
  }

  function complete(option: Option): void {
    input.value = option.value;
    input.focus();
    suggest();
    if (!needsMore(option.value)) listbox.close();
  }

  async function run(): Promise<void> {
    const line = input.value.trim();
    listbox.close();
    if (line === '') return;
    input.value = '';
    const isCommand = line.startsWith('/');
    await ask(isCommand ? { do: 'command', line, channel } : { do: 'say', text: line, channel });
  }

  listenTo(input, listbox, suggest);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void run();
  });
  return {
    element: form,
    useIn(id) {
      channel = id;
    },
  };
}

function listenTo(input: HTMLInputElement, listbox: Listbox, suggest: () => void): void {
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => (listbox.isOpen() ? listbox.move(1) : suggest()),
    ArrowUp: () => listbox.move(-1),
    Tab: () => listbox.pickCurrent(),
    Escape: () => listbox.close(),
  };
  input.addEventListener('input', suggest);
  input.addEventListener('focus', suggest);
  input.addEventListener('blur', () => listbox.close());
  input.addEventListener('keydown', (event) => {
    const act = keys[event.key];
    const isCompletion = event.key !== 'Tab' || (listbox.isOpen() && !event.shiftKey);
    if (act === undefined || !isCompletion) return;
    event.preventDefault();
    act();
  });
}

/** The commands, or the ways to go on after one that is written out. */
function suggestionsFor(typed: string): readonly Option[] {
  const commands = part('workspace')?.commands ?? [];
  const [word = '', ...rest] = typed.split(' ');
  const command = commands.find((one) => one.command === word);
  if (command === undefined || rest.length === 0) {
    return commands
      .filter((one) => one.command.startsWith(word) && one.command !== typed)
      .map((one) => ({ value: `${one.command} `, label: one.command, hint: one.description }));
  }
  const begun = rest.join(' ').toLowerCase();
  const hints = command.verbs.filter((verb) => verb.startsWith(begun) && verb !== begun);
  const open: Option = { value: word, label: word, hint: 'opens the form' };
  return [
    ...(begun === '' ? [open] : []),
    ...hints.map((verb) => ({
      value: `${word} ${verb.replace(/SA-…$/, '')}`,
      label: `${word} ${verb}`,
      hint: '',
    })),
  ];
}

function needsMore(value: string): boolean {
  return value.endsWith(' ') && suggestionsFor(value).length > 0;
}
