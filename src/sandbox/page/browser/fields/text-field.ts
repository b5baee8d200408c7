import type { Json } from '../../wire.ts';
import { ask } from '../ask.ts';
import type { Placed } from '../blocks/scene.ts';
import { h } from '../dom.ts';
import { isJson, textOf, wordsOf } from '../json.ts';
import { synced } from './sync.ts';

type Field = HTMLInputElement | HTMLTextAreaElement;

const INPUT_TYPES: Readonly<Record<string, string>> = {
  email_text_input: 'email',
  url_text_input: 'url',
  datepicker: 'date',
  timepicker: 'time',
};
const PAUSE_MS = 250;

/** A field to type into: text, e-mail, number, address, date or time. */
export function drawTextField(placed: Placed): HTMLElement {
  const { element, block, scene, dispatches } = placed;
  const action = textOf(element['action_id']);
  const field = createField(placed);
  const show = (value: Json | undefined): void => {
    const isBusy = document.activeElement === field || field.dataset['unsent'] === 'yes';
    if (!isBusy) field.value = textIn(value);
  };
  field.value = textIn(scene.values[block]?.[action]);
  synced(field, block, action, show);

  let timer = 0;
  async function send(): Promise<void> {
    clearTimeout(timer);
    if (field.dataset['unsent'] !== 'yes') return;
    delete field.dataset['unsent'];
    await ask({ do: 'choose', at: scene.at, block, action, value: field.value || null });
  }
  const eachSign = dispatches && tellsEachSign(element);
  field.addEventListener('input', () => {
    field.dataset['unsent'] = 'yes';
    clearTimeout(timer);
    if (eachSign) timer = setTimeout(() => void send(), PAUSE_MS);
  });
  field.addEventListener('change', () => void send());
  return field;
}

function createField({
  element,
  block,
  fieldId,
  labelledBy,
  describedBy,
  invalid,
  required,
}: Placed): Field {
  const type = textOf(element['type']);
  const props = {
    id: fieldId,
    class: 'text-field',
    'aria-labelledby': labelledBy,
    'aria-describedby': describedBy || null,
    'aria-invalid': invalid === true ? 'true' : null,
    'aria-required': required === true ? 'true' : null,
    placeholder: wordsOf(element['placeholder']) || null,
    maxlength: typeof element['max_length'] === 'number' ? element['max_length'] : null,
    'data-focus': `${block}|${textOf(element['action_id'])}`,
  };
  if (element['multiline'] === true) return h('textarea', { ...props, rows: 3 });
  const numeric = type === 'number_input';
  return h('input', {
    ...props,
    type: INPUT_TYPES[type] ?? 'text',
    inputmode: numeric ? 'decimal' : null,
    autocomplete: 'off',
  });
}

function tellsEachSign(element: Json): boolean {
  const config = element['dispatch_action_config'];
  const on = isJson(config) ? config['trigger_actions_on'] : [];
  return Array.isArray(on) && on.includes('on_character_entered');
}

function textIn(value: Json | undefined): string {
  const { value: text, selected_date: date, selected_time: time } = value ?? {};
  return textOf(text) || textOf(date) || textOf(time);
}
