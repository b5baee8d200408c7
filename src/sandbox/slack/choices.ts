import { isMultiple, VALUE_KEYS } from './fields.ts';
import type { Field } from './fields.ts';
import { isJson, jsonList, stringOf, wordsOf } from './json.ts';
import type { Json } from './json.ts';
import type { World } from './world.ts';

export type Wanted = string | number | readonly string[] | null;

/** What a field holds once a person has put in what they want; refuses what Slack would not offer. */
export function valueFor(
  world: World,
  field: Field,
  wanted: Wanted,
  suggested: readonly Json[],
): Json {
  const [key] = VALUE_KEYS[field.type] ?? [];
  if (key === undefined)
    throw new Error(`${field.actionId} is a ${field.type}; it holds no value.`);
  if (wanted === null) return { type: field.type, [key]: isMultiple(field.type) ? [] : null };
  const pick = (one: string | number): unknown => pickOne(world, field, one, suggested);
  if (!isMultiple(field.type)) {
    if (Array.isArray(wanted)) throw new Error(`${field.actionId} holds one value.`);
    return { type: field.type, [key]: typeof wanted === 'object' ? null : pick(wanted) };
  }
  const list: readonly (string | number)[] = typeof wanted === 'object' ? wanted : [wanted];
  const most = Number(field.element['max_selected_items'] ?? Infinity);
  if (list.length > most) throw new Error(`${field.actionId} takes at most ${most} values.`);
  return { type: field.type, [key]: list.map(pick) };
}

function pickOne(
  world: World,
  field: Field,
  wanted: string | number,
  suggested: readonly Json[],
): unknown {
  const text = String(wanted);
  const kind = field.type.replace('multi_', '');
  if (kind === 'users_select') return pickPerson(world, text);
  if (kind === 'channels_select' || kind === 'conversations_select')
    return pickChannel(world, text);
  if (kind === 'datetimepicker') return Number(wanted);
  const isOption = ['static_select', 'external_select', 'radio_buttons', 'checkboxes'];
  if (!isOption.includes(kind)) return text;
  return pickOption(field, text, kind === 'external_select' ? suggested : optionsOf(field.element));
}

function optionsOf(element: Json): readonly Json[] {
  return [
    ...jsonList(element['options']),
    ...jsonList(element['option_groups']).flatMap((group) => jsonList(group['options'])),
  ];
}

function pickOption(field: Field, wanted: string, options: readonly Json[]): Json {
  const option =
    options.find((one) => one['value'] === wanted) ??
    options.find((one) => wordsOf(one['text']) === wanted);
  if (option !== undefined) return option;
  const offered = options.map((one) => `${stringOf(one['value'])} (${wordsOf(one['text'])})`);
  throw new Error(`${field.actionId} does not offer ${wanted}; it offers: ${offered.join(', ')}.`);
}

function pickPerson(world: World, wanted: string): string {
  const person =
    world.people.get(wanted) ?? [...world.people.values()].find((one) => one.name === wanted);
  if (person === undefined || person.deleted)
    throw new Error(`Nobody called ${wanted} is offered.`);
  return person.id;
}

function pickChannel(world: World, wanted: string): string {
  const channel =
    world.channels.get(wanted) ??
    [...world.channels.values()].find((one) => one.name === wanted.replace(/^#/, ''));
  if (channel === undefined) throw new Error(`No channel called ${wanted} is offered.`);
  return channel.id;
}

/** What Slack itself says under an input before it sends anything to the app. */
export function complaintAbout(field: Field, value: Json | undefined): string | undefined {
  if (!field.isInput) return undefined;
  const [key = 'value'] = VALUE_KEYS[field.type] ?? [];
  const held = value?.[key];
  const empty = held === null || held === undefined || held === '' || isEmptyList(held);
  if (empty) return field.optional ? undefined : 'Please complete this required field.';
  return typeof held === 'string' ? complaintAboutText(field, held) : undefined;
}

function complaintAboutText(field: Field, text: string): string | undefined {
  const { element } = field;
  if (field.type === 'email_text_input' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)) {
    return 'Please enter a valid email address.';
  }
  if (field.type === 'url_text_input' && !/^https?:\/\/\S+$/.test(text)) {
    return 'Please enter a valid URL.';
  }
  if (field.type === 'number_input') return complaintAboutNumber(element, text);
  const [least, most] = [Number(element['min_length'] ?? 0), Number(element['max_length'] ?? 3000)];
  if (text.length < least) return `Please enter at least ${least} characters.`;
  if (text.length > most) return `Please enter at most ${most} characters.`;
  return undefined;
}

function complaintAboutNumber(element: Json, text: string): string | undefined {
  const number = Number(text);
  if (text.trim() === '' || Number.isNaN(number)) return 'Please enter a number.';
  if (element['is_decimal_allowed'] !== true && !Number.isInteger(number)) {
    return 'Please enter a whole number.';
  }
  const [least, most] = [element['min_value'], element['max_value']];
  if (typeof least === 'string' && number < Number(least)) return `Please enter at least ${least}.`;
  if (typeof most === 'string' && number > Number(most)) return `Please enter at most ${most}.`;
  return undefined;
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** The part of an action that tells what was chosen or typed. */
export function actionValue(field: Field, value: Json): Json {
  const { type: _type, ...chosen } = value;
  const { confirm, placeholder } = field.element;
  return {
    ...chosen,
    ...(isJson(placeholder) ? { placeholder } : {}),
    ...(isJson(confirm) ? { confirm } : {}),
  };
}
