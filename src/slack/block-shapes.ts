import { z } from 'zod';

import {
  accessory,
  actionElement,
  button,
  contextActionElement,
  contextElement,
  image,
  imageBlockFields,
  inputElement,
} from './block-elements.ts';
import { LIMITS } from './block-limits.ts';
import { mrkdwn, plain, text } from './block-objects.ts';

export type Surface = 'message' | 'modal' | 'home';

function block<Type extends string, Fields extends z.ZodRawShape>(type: Type, fields: Fields) {
  return z.strictObject({
    type: z.literal(type),
    block_id: z.string().min(1).max(LIMITS.blockId).optional(),
    ...fields,
  });
}

// Rich text nests deeply and comes mostly from Slack itself; only what we write is checked.
const inline = z.looseObject({
  type: z.enum([
    'text',
    'link',
    'user',
    'usergroup',
    'channel',
    'emoji',
    'date',
    'broadcast',
    'color',
    'team',
  ]),
});
const border = z.int().min(0).max(1).optional();
const richTextSection = z.strictObject({
  type: z.literal('rich_text_section'),
  elements: z.array(inline),
});
const richText = block('rich_text', {
  elements: z.array(
    z.discriminatedUnion('type', [
      richTextSection,
      z.strictObject({
        type: z.literal('rich_text_list'),
        style: z.enum(['bullet', 'ordered']),
        indent: z.int().min(0).max(8).optional(),
        offset: z.int().min(0).optional(),
        border,
        elements: z.array(richTextSection),
      }),
      z.strictObject({ type: z.literal('rich_text_quote'), border, elements: z.array(inline) }),
      z.strictObject({
        type: z.literal('rich_text_preformatted'),
        border,
        language: z.string().optional(),
        elements: z.array(inline),
      }),
    ]),
  ),
});

const cell = z.discriminatedUnion('type', [
  richText,
  z.strictObject({ type: z.literal('raw_text'), text: z.string().min(1) }),
  z.strictObject({ type: z.literal('raw_number'), value: z.number(), text: z.string().min(1) }),
]);
const row = z.array(cell).min(1).max(LIMITS.tableCells);

const table = block('table', {
  rows: z.array(row).min(1).max(LIMITS.tableRows),
  column_settings: z
    .array(
      z.strictObject({
        align: z.enum(['left', 'center', 'right']).optional(),
        is_wrapped: z.boolean().optional(),
      }),
    )
    .max(LIMITS.tableCells)
    .optional(),
});

const taskCard = block('task_card', {
  task_id: z.string().min(1),
  title: z.string().min(1),
  details: richText.optional(),
  output: richText.optional(),
  sources: z
    .array(
      z.strictObject({
        type: z.literal('url'),
        url: z.string().min(1).max(LIMITS.url),
        text: z.string().min(1),
      }),
    )
    .optional(),
  // "complete", never "completed".
  status: z.enum(['pending', 'in_progress', 'complete', 'error']),
});

const plan = block('plan', {
  title: z.string().min(1),
  tasks: z.array(taskCard).max(LIMITS.planTasks).optional(),
});

const card = block('card', {
  hero_image: image.optional(),
  icon: image.optional(),
  title: mrkdwn(LIMITS.cardText).optional(),
  subtitle: mrkdwn(LIMITS.cardText).optional(),
  body: mrkdwn(LIMITS.cardBody).optional(),
  actions: z.array(button).min(1).max(LIMITS.cardActions).optional(),
});

const everywhere = [
  block('section', {
    text: text(LIMITS.text).optional(),
    fields: z.array(text(LIMITS.fieldText)).min(1).max(LIMITS.sectionFields).optional(),
    accessory: accessory.optional(),
    expand: z.boolean().optional(),
  }),
  block('header', { text: plain(LIMITS.header) }),
  block('context', { elements: z.array(contextElement).min(1).max(LIMITS.contextElements) }),
  block('divider', {}),
  block('image', imageBlockFields),
  block('actions', { elements: z.array(actionElement).min(1).max(LIMITS.actions) }),
  block('input', {
    label: plain(LIMITS.inputLabel),
    hint: plain(LIMITS.inputLabel).optional(),
    optional: z.boolean().optional(),
    dispatch_action: z.boolean().optional(),
    element: inputElement,
  }),
  richText,
  block('video', {
    video_url: z.string().min(1).max(LIMITS.url),
    thumbnail_url: z.string().min(1).max(LIMITS.url),
    alt_text: z.string().min(1).max(LIMITS.altText),
    title: plain(LIMITS.videoTitle),
    title_url: z.string().max(LIMITS.url).optional(),
    author_name: z.string().max(LIMITS.videoAuthor).optional(),
    provider_name: z.string().max(LIMITS.videoAuthor).optional(),
    provider_icon_url: z.string().max(LIMITS.url).optional(),
    description: plain(LIMITS.videoTitle).optional(),
  }),
] as const;

const alert = block('alert', {
  text: text(LIMITS.alertText),
  level: z.enum(['default', 'info', 'warning', 'error', 'success']).optional(),
});

const onlyInMessages = [
  block('markdown', { text: z.string().min(1).max(LIMITS.markdown) }),
  table,
  block('data_table', {
    caption: z.string().min(1),
    rows: z.array(row).min(2),
    page_size: z.int().min(1).max(100).optional(),
    row_header_column_index: z.int().min(0).optional(),
  }),
  plan,
  taskCard,
  card,
  block('carousel', { elements: z.array(card).min(1).max(LIMITS.cards) }),
  block('container', {
    title: plain(LIMITS.cardText).optional(),
    rich_text_title: richText.optional(),
    subtitle: text(LIMITS.cardText).optional(),
    child_blocks: z
      .array(z.discriminatedUnion('type', [...everywhere, table]))
      .min(1)
      .max(LIMITS.containerBlocks),
    width: z.enum(['narrow', 'standard', 'wide', 'full']).optional(),
    icon: image.optional(),
    is_collapsible: z.boolean().optional(),
    default_collapsed: z.boolean().optional(),
    has_header_divider: z.boolean().optional(),
  }),
  block('context_actions', {
    elements: z.array(contextActionElement).min(1).max(LIMITS.contextActions),
  }),
] as const;

const viewBlock = z.discriminatedUnion('type', [...everywhere, alert]);
const messageBlock = z.discriminatedUnion('type', [...everywhere, alert, ...onlyInMessages]);

const viewFields = {
  blocks: z.array(viewBlock).min(1).max(LIMITS.viewBlocks),
  private_metadata: z.string().max(LIMITS.privateMetadata).optional(),
  callback_id: z.string().max(LIMITS.callbackId).optional(),
  external_id: z.string().max(LIMITS.externalId).optional(),
};

/** What a whole payload looks like on each surface. Messages carry more than what is drawn. */
export const SURFACES = {
  message: z.looseObject({
    text: z.string().max(LIMITS.messageText).optional(),
    blocks: z.array(messageBlock).max(LIMITS.messageBlocks).optional(),
  }),
  modal: z.strictObject({
    type: z.literal('modal'),
    title: plain(LIMITS.viewTitle),
    close: plain(LIMITS.viewTitle).optional(),
    submit: plain(LIMITS.viewTitle).optional(),
    clear_on_close: z.boolean().optional(),
    notify_on_close: z.boolean().optional(),
    submit_disabled: z.boolean().optional(),
    ...viewFields,
  }),
  home: z.strictObject({ type: z.literal('home'), ...viewFields }),
} satisfies Record<Surface, z.ZodType>;
