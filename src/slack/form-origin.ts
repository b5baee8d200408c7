import { z } from 'zod';

import { fieldsWithSecrets } from '../requests/typed-secret.ts';
import { clip } from './text.ts';

/** Where a form was opened from, as far as it matters later; travels in the form's metadata. */
const originSchema = z.object({
  /** Proposed as the purpose. */
  purpose: z.string().optional(),
  /** Where a browser shows the message that the form was opened from. */
  message: z.string().optional(),
  /** The form is for an account that is there already. */
  adopting: z.boolean().optional(),
  /** The run of a workflow's step that waits for this form. */
  workflow: z.string().optional(),
});

export type FormOrigin = z.infer<typeof originSchema>;

/** As long as the purpose may be. */
const LONGEST_PURPOSE = 1000;
/** https://docs.slack.dev/reference/views: 3000 characters of metadata. */
const LONGEST_METADATA = 3000;

/** For `private_metadata`; cut until Slack takes it. */
export function writeOrigin(origin: FormOrigin): string {
  const text = JSON.stringify(origin);
  if (text.length <= LONGEST_METADATA) return text;
  const { purpose: _tooLong, ...rest } = origin;
  return JSON.stringify(rest);
}

/** Only we write the metadata, but an older version of us may have. */
export function readOrigin(metadata: string): FormOrigin {
  if (metadata === '') return {};
  try {
    return originSchema.parse(JSON.parse(metadata));
  } catch {
    return {};
  }
}

/**
 * A message's text as a proposal for the purpose: plain words, without Slack's markup, cut to what
 * the field takes. What looks like a credential is not proposed at all.
 */
export function purposeFrom(text: string): string | undefined {
  const plain = text
    .replaceAll(/<(?:https?|mailto):[^|>]*\|([^>]*)>/g, '$1')
    .replaceAll(/<(?:mailto:)?([^@#!][^|>]*)>/g, '$1')
    .replaceAll(/<(#)[^|>]*\|([^>]*)>/g, '$1$2')
    .replaceAll(/<[@#!][^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replaceAll(/[ \t]+/g, ' ')
    .trim();
  if (plain === '' || fieldsWithSecrets({ plain }).length > 0) return undefined;
  return clip(plain, LONGEST_PURPOSE);
}
