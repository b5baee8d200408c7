import { isJson, jsonList, stringOf, wordsOf } from './json.ts';
import type { Json } from './json.ts';
import type { World } from './world.ts';

/** One thing a person can touch: an element with the block it stands in. */
export interface Field {
  readonly blockId: string;
  readonly actionId: string;
  readonly type: string;
  readonly label: string;
  readonly element: Json;
  readonly isInput: boolean;
  readonly optional: boolean;
  /** Touching it sends block_actions at once. */
  readonly dispatches: boolean;
}

export type Values = Readonly<Record<string, Readonly<Record<string, Json>>>>;

/** Slack gives ids to blocks and elements that come without. */
export function nameBlocks(world: World, blocks: readonly Json[]): readonly Json[] {
  const named = (element: Json): Json =>
    element['type'] === 'image' || element['type'] === 'mrkdwn' || element['type'] === 'plain_text'
      ? element
      : { action_id: world.nextId('a'), ...element };
  return blocks.map((block) => ({
    block_id: world.nextId('b'),
    ...block,
    ...(isJson(block['accessory']) ? { accessory: named(block['accessory']) } : {}),
    ...(isJson(block['element']) ? { element: named(block['element']) } : {}),
    ...(block['type'] === 'actions' || block['type'] === 'context_actions'
      ? { elements: jsonList(block['elements']).map(named) }
      : {}),
    ...(block['type'] === 'card' && Array.isArray(block['actions'])
      ? { actions: jsonList(block['actions']).map(named) }
      : {}),
  }));
}

export function fieldsOf(blocks: readonly Json[]): readonly Field[] {
  return blocks.flatMap((block) => {
    if (block['type'] === 'container') return fieldsOf(jsonList(block['child_blocks']));
    const isInput = block['type'] === 'input';
    return elementsOf(block).map((element) => ({
      blockId: stringOf(block['block_id']),
      actionId: stringOf(element['action_id']),
      type: stringOf(element['type']),
      label: isInput ? wordsOf(block['label']) : wordsOf(element['text']),
      element,
      isInput,
      optional: block['optional'] === true,
      dispatches: !isInput || block['dispatch_action'] === true,
    }));
  });
}

function elementsOf(block: Json): readonly Json[] {
  const interactive = [
    ...(isJson(block['accessory']) ? [block['accessory']] : []),
    ...(isJson(block['element']) ? [block['element']] : []),
    ...(block['type'] === 'actions' || block['type'] === 'context_actions'
      ? jsonList(block['elements'])
      : []),
    ...(block['type'] === 'card' ? jsonList(block['actions']) : []),
  ];
  return interactive.filter((element) => typeof element['action_id'] === 'string');
}

/** What a person calls a field: action id, block id, label or button text; or exactly which one. */
export type FieldName = string | { readonly block: string; readonly action: string };

export function findField(blocks: readonly Json[], name: FieldName): Field | undefined {
  const fields = fieldsOf(blocks);
  if (typeof name !== 'string') {
    return fields.find(
      ({ blockId, actionId }) => blockId === name.block && actionId === name.action,
    );
  }
  return (
    fields.find((field) => field.actionId === name) ??
    fields.find((field) => field.blockId === name) ??
    fields.find((field) => field.label === name)
  );
}

export function getField(blocks: readonly Json[], name: FieldName): Field {
  const field = findField(blocks, name);
  if (field !== undefined) return field;
  const known = fieldsOf(blocks).map((one) => `${one.actionId} (${one.label})`);
  throw new Error(
    `Nothing here is called ${spell(name)}; there are: ${known.join(', ') || 'no fields'}.`,
  );
}

export function spell(name: FieldName): string {
  return typeof name === 'string' ? name : `${name.block} ${name.action}`;
}

/** The values of a view when it appears; what was typed stays where both ids stay the same. */
export function valuesOf(blocks: readonly Json[], kept: Values): Values {
  const values: Record<string, Record<string, Json>> = {};
  for (const field of fieldsOf(blocks)) {
    if (NO_VALUE.has(field.type)) continue;
    const old = kept[field.blockId]?.[field.actionId];
    const value = old?.['type'] === field.type ? old : initialValue(field);
    values[field.blockId] = { ...values[field.blockId], [field.actionId]: value };
  }
  return values;
}

const NO_VALUE = new Set([
  'button',
  'overflow',
  'icon_button',
  'feedback_buttons',
  'workflow_button',
]);

/** The key a value is carried under, and its initial_… key. */
export const VALUE_KEYS: Readonly<Record<string, readonly [key: string, initial: string]>> = {
  plain_text_input: ['value', 'initial_value'],
  email_text_input: ['value', 'initial_value'],
  url_text_input: ['value', 'initial_value'],
  number_input: ['value', 'initial_value'],
  rich_text_input: ['rich_text_value', 'initial_value'],
  static_select: ['selected_option', 'initial_option'],
  external_select: ['selected_option', 'initial_option'],
  radio_buttons: ['selected_option', 'initial_option'],
  users_select: ['selected_user', 'initial_user'],
  conversations_select: ['selected_conversation', 'initial_conversation'],
  channels_select: ['selected_channel', 'initial_channel'],
  datepicker: ['selected_date', 'initial_date'],
  timepicker: ['selected_time', 'initial_time'],
  datetimepicker: ['selected_date_time', 'initial_date_time'],
  checkboxes: ['selected_options', 'initial_options'],
  multi_static_select: ['selected_options', 'initial_options'],
  multi_external_select: ['selected_options', 'initial_options'],
  multi_users_select: ['selected_users', 'initial_users'],
  multi_conversations_select: ['selected_conversations', 'initial_conversations'],
  multi_channels_select: ['selected_channels', 'initial_channels'],
  file_input: ['files', 'files'],
};

export function isMultiple(type: string): boolean {
  return type === 'checkboxes' || type === 'file_input' || type.startsWith('multi_');
}

function initialValue(field: Field): Json {
  const [key, initial] = VALUE_KEYS[field.type] ?? ['value', 'initial_value'];
  return {
    type: field.type,
    [key]: field.element[initial] ?? (isMultiple(field.type) ? [] : null),
  };
}
