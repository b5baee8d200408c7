import { z } from 'zod';

import { LIMITS } from './block-limits.ts';
import { choice, confirm, group, id, label, mrkdwn, option, plain, url } from './block-objects.ts';

const actionId = id.max(LIMITS.actionId).optional();
const placeholder = plain(LIMITS.placeholder).optional();
const focus = z.boolean().optional();
const options = z.array(option).min(1).max(LIMITS.options).optional();
const groups = z.array(group).min(1).max(LIMITS.options).optional();

const imageSource = {
  image_url: url.optional(),
  slack_file: z.strictObject({ id: id.optional(), url: url.optional() }).optional(),
};

export const image = z.strictObject({
  type: z.literal('image'),
  alt_text: z.string().min(1).max(LIMITS.altText),
  ...imageSource,
});

export const imageBlockFields = {
  alt_text: z.string().min(1).max(LIMITS.altText),
  title: plain(LIMITS.imageTitle).optional(),
  ...imageSource,
};

export const button = z.strictObject({
  type: z.literal('button'),
  action_id: actionId,
  text: plain(LIMITS.buttonText),
  value: z.string().max(LIMITS.buttonValue).optional(),
  url: url.optional(),
  style: z.enum(['primary', 'danger']).optional(),
  accessibility_label: label,
  confirm,
});

function control<Type extends string, Fields extends z.ZodRawShape>(type: Type, fields: Fields) {
  return z.strictObject({ type: z.literal(type), action_id: actionId, ...fields });
}

const picked = { placeholder, confirm, focus_on_load: focus };
const many = { ...picked, max_selected_items: z.int().min(1).optional() };
const typed = {
  initial_value: z.string().optional(),
  placeholder,
  focus_on_load: focus,
  dispatch_action_config: z
    .strictObject({
      trigger_actions_on: z.array(z.enum(['on_enter_pressed', 'on_character_entered'])).min(1),
    })
    .optional(),
};
const conversations = {
  default_to_current_conversation: z.boolean().optional(),
  filter: z
    .strictObject({
      include: z
        .array(z.enum(['im', 'mpim', 'private', 'public']))
        .min(1)
        .optional(),
      exclude_external_shared_channels: z.boolean().optional(),
      exclude_bot_users: z.boolean().optional(),
    })
    .optional(),
};
const respond = { response_url_enabled: z.boolean().optional() };
const query = { min_query_length: z.int().min(0).optional() };
const ids = z.array(id).optional();

const selects = [
  control('static_select', {
    options,
    option_groups: groups,
    initial_option: option.optional(),
    ...picked,
  }),
  control('external_select', { initial_option: option.optional(), ...query, ...picked }),
  control('users_select', { initial_user: id.optional(), ...picked }),
  control('conversations_select', {
    initial_conversation: id.optional(),
    ...conversations,
    ...respond,
    ...picked,
  }),
  control('channels_select', { initial_channel: id.optional(), ...respond, ...picked }),
  control('multi_static_select', {
    options,
    option_groups: groups,
    initial_options: z.array(option).optional(),
    ...many,
  }),
  control('multi_external_select', {
    initial_options: z.array(option).optional(),
    ...query,
    ...many,
  }),
  control('multi_users_select', { initial_users: ids, ...many }),
  control('multi_conversations_select', {
    initial_conversations: ids,
    ...conversations,
    ...many,
  }),
  control('multi_channels_select', { initial_channels: ids, ...many }),
] as const;

const choices = z.array(choice).min(1).max(LIMITS.choices);
const pickers = [
  control('checkboxes', {
    options: choices,
    initial_options: z.array(choice).optional(),
    confirm,
    focus_on_load: focus,
  }),
  control('radio_buttons', {
    options: choices,
    initial_option: choice.optional(),
    confirm,
    focus_on_load: focus,
  }),
  control('datepicker', { initial_date: z.iso.date().optional(), ...picked }),
  control('timepicker', {
    initial_time: z.string().optional(),
    timezone: z.string().optional(),
    ...picked,
  }),
  control('datetimepicker', {
    initial_date_time: z.int().optional(),
    confirm,
    focus_on_load: focus,
  }),
] as const;

const richTextInput = control('rich_text_input', {
  initial_value: z.unknown().optional(),
  min_lines: z.int().min(1).max(LIMITS.richTextLines).optional(),
  max_lines: z.int().min(1).max(LIMITS.richTextLines).optional(),
  placeholder,
  focus_on_load: focus,
  dispatch_action_config: typed.dispatch_action_config,
});

const overflow = control('overflow', {
  options: z
    .array(option.extend({ url: url.optional() }))
    .min(1)
    .max(LIMITS.overflowOptions),
  confirm,
});

const workflowButton = control('workflow_button', {
  text: plain(LIMITS.buttonText),
  workflow: z.unknown(),
  style: z.enum(['primary', 'danger']).optional(),
  accessibility_label: label,
});

export const accessory = z.discriminatedUnion('type', [
  button,
  image,
  overflow,
  workflowButton,
  ...selects,
  ...pickers,
]);

export const actionElement = z.discriminatedUnion('type', [
  button,
  overflow,
  workflowButton,
  richTextInput,
  ...selects,
  ...pickers,
]);

export const contextElement = z.discriminatedUnion('type', [
  image,
  plain(LIMITS.text),
  mrkdwn(LIMITS.text),
]);

const feedback = z.strictObject({
  text: plain(LIMITS.buttonText),
  value: z.string().max(LIMITS.buttonValue),
  accessibility_label: label,
});

export const contextActionElement = z.discriminatedUnion('type', [
  control('feedback_buttons', { positive_button: feedback, negative_button: feedback }),
  control('icon_button', {
    icon: id,
    text: plain(LIMITS.text),
    value: z.string().max(LIMITS.buttonValue).optional(),
    accessibility_label: label,
    visible_to_user_ids: z.array(id).optional(),
    confirm,
  }),
]);

const length = z.int().min(0).max(LIMITS.inputText).optional();

export const inputElement = z.discriminatedUnion('type', [
  control('plain_text_input', {
    multiline: z.boolean().optional(),
    min_length: length,
    max_length: z.int().min(1).max(LIMITS.inputText).optional(),
    ...typed,
    initial_value: z.string().max(LIMITS.inputText).optional(),
  }),
  control('email_text_input', typed),
  control('url_text_input', typed),
  control('number_input', {
    is_decimal_allowed: z.boolean(),
    min_value: z.string().optional(),
    max_value: z.string().optional(),
    ...typed,
  }),
  control('file_input', {
    filetypes: z.array(id).optional(),
    max_files: z.int().min(1).max(LIMITS.files).optional(),
  }),
  richTextInput,
  ...selects,
  ...pickers,
]);
