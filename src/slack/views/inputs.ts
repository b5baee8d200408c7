import type { InputBlock, InputBlockElement, PlainTextOption } from '@slack/types';

import { clip } from '../text.ts';
import { option, plain } from '../blocks.ts';
import { blockId } from '../ids.ts';

export interface InputWords {
  readonly field: string;
  readonly label: string;
  readonly hint?: string;
  readonly optional?: boolean;
  /** Tell us at once when it changes. */
  readonly dispatch?: boolean;
  /** See `blockId`. */
  readonly dependsOn?: string;
}

export function input(words: InputWords, element: InputBlockElement): InputBlock {
  return {
    type: 'input',
    block_id: clip(blockId(words.field, words.dependsOn), 255),
    label: plain(words.label, 150),
    element,
    optional: words.optional ?? false,
    ...(words.hint === undefined ? {} : { hint: plain(words.hint, 300) }),
    ...(words.dispatch === true ? { dispatch_action: true } : {}),
  };
}

/** A choice that is on offer, as the person sees it. */
export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
}

export function options(choices: readonly Choice[], most = 100): PlainTextOption[] {
  return choices
    .filter(({ value }) => value.length <= LONGEST_VALUE)
    .slice(0, most)
    .map(({ value, label, hint }) => option(label, value, hint));
}

// Longer values are refused by older clients, whatever newer limits say.
const LONGEST_VALUE = 75;

export function radio(
  field: string,
  choices: readonly Choice[],
  chosen?: string,
): InputBlockElement {
  const all = options(choices, 10);
  const initial = all.find(({ value }) => value === chosen);
  return {
    type: 'radio_buttons',
    action_id: field,
    options: all,
    ...(initial === undefined ? {} : { initial_option: initial }),
  };
}

export function checkboxes(
  field: string,
  choices: readonly Choice[],
  chosen: readonly string[],
): InputBlockElement {
  const all = options(choices, 10);
  const initial = all.filter(({ value }) => value !== undefined && chosen.includes(value));
  return {
    type: 'checkboxes',
    action_id: field,
    options: all,
    ...(initial.length === 0 ? {} : { initial_options: initial }),
  };
}

const MOST_STATIC = 100;

/** A list with search; more choices than Slack takes in one list are searched by us. */
export function select(
  field: string,
  choices: readonly Choice[],
  placeholder: string,
  chosen?: string,
): InputBlockElement {
  const all = options(choices, MOST_STATIC);
  const initial = options(choices.filter(({ value }) => value === chosen)).at(0);
  const common = {
    action_id: field,
    placeholder: plain(placeholder, 150),
    ...(initial === undefined ? {} : { initial_option: initial }),
  };
  if (choices.length > MOST_STATIC) {
    return { type: 'external_select', ...common, min_query_length: 0 };
  }
  return { type: 'static_select', ...common, options: all };
}

export interface TextWords {
  readonly field: string;
  readonly max: number;
  readonly value?: string | undefined;
  readonly example?: string;
  readonly multiline?: boolean;
  readonly eachKey?: boolean;
}

export function textInput(words: TextWords): InputBlockElement {
  const value = clip(words.value ?? '', words.max);
  return {
    type: 'plain_text_input',
    action_id: words.field,
    max_length: words.max,
    multiline: words.multiline ?? false,
    ...(value === '' ? {} : { initial_value: value }),
    ...(words.example === undefined ? {} : { placeholder: plain(words.example, 150) }),
    ...(words.eachKey === true
      ? { dispatch_action_config: { trigger_actions_on: ['on_character_entered'] } }
      : {}),
  };
}
