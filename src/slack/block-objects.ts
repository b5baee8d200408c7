import { z } from 'zod';

import { LIMITS } from './block-limits.ts';

/** Composition objects as Slack accepts them: texts, options, confirmations. */
export function plain(max: number) {
  return z.strictObject({
    type: z.literal('plain_text'),
    text: z.string().min(1).max(max),
    emoji: z.boolean().optional(),
  });
}

export function mrkdwn(max: number) {
  return z.strictObject({
    type: z.literal('mrkdwn'),
    text: z.string().min(1).max(max),
    verbatim: z.boolean().optional(),
  });
}

export function text(max: number) {
  return z.discriminatedUnion('type', [plain(max), mrkdwn(max)]);
}

export const id = z.string().min(1);
export const url = z.string().min(1).max(LIMITS.url);
export const label = z.string().max(LIMITS.label).optional();

export const confirm = z
  .strictObject({
    title: plain(LIMITS.confirmTitle),
    text: text(LIMITS.confirmText),
    confirm: plain(LIMITS.confirmButton).optional(),
    deny: plain(LIMITS.confirmButton).optional(),
    style: z.enum(['primary', 'danger']).optional(),
  })
  .optional();

export const option = z.strictObject({
  text: plain(LIMITS.optionText),
  value: z.string().min(1).max(LIMITS.optionValue),
  description: plain(LIMITS.optionText).optional(),
});
export const choice = option.extend({
  text: text(LIMITS.optionText),
  description: text(LIMITS.optionText).optional(),
});
export const group = z.strictObject({
  label: plain(LIMITS.optionText),
  options: z.array(option).min(1).max(LIMITS.options),
});

/** What an app answers to a block_suggestion. */
export const suggestions = z.union([
  z.strictObject({ options: z.array(option).max(LIMITS.options) }),
  z.strictObject({ option_groups: z.array(group).max(LIMITS.options) }),
]);
