import type {
  Button,
  ConfirmationDialog,
  ContextBlock,
  HeaderBlock,
  KnownBlock,
  MrkdwnElement,
  PlainTextElement,
  PlainTextOption,
  SectionBlock,
} from '@slack/types';

import { clip, clipMarkup, webAddress } from './text.ts';
import type { Markup } from './text.ts';

/** A message as it goes to Slack; `text` is what notifications and screen readers say. */
export interface Message {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

// https://docs.slack.dev/reference/block-kit/blocks
const SECTION = 3000;
const FIELD = 2000;
const HEADER = 150;
const CONTEXT = 2000;
const MOST_FIELDS = 10;
const OPTION = 75;

export function plain(text: string, limit: number): PlainTextElement {
  return { type: 'plain_text', text: clip(text, limit) || '–', emoji: false };
}

/** `verbatim` keeps Slack from turning bare words into links and mentions. */
function mrkdwn(piece: Markup, limit: number): MrkdwnElement {
  return { type: 'mrkdwn', text: clipMarkup(piece, limit).mrkdwn || '–', verbatim: true };
}

export function header(text: string): HeaderBlock {
  return { type: 'header', text: plain(text, HEADER) };
}

export function section(piece: Markup, limit = SECTION): SectionBlock {
  return { type: 'section', text: mrkdwn(piece, Math.min(limit, SECTION)) };
}

export function fields(pieces: readonly Markup[]): SectionBlock {
  return {
    type: 'section',
    fields: pieces.slice(0, MOST_FIELDS).map((piece) => mrkdwn(piece, FIELD)),
  };
}

export function context(piece: Markup): ContextBlock {
  return { type: 'context', elements: [mrkdwn(piece, CONTEXT)] };
}

export interface ButtonWords {
  readonly id: string;
  readonly label: string;
  /** What a screen reader says: the label with its object. */
  readonly spoken: string;
  readonly value: string;
  readonly style?: 'primary' | 'danger';
  readonly confirm?: ConfirmationDialog;
}

export function button(words: ButtonWords): Button {
  return {
    type: 'button',
    action_id: words.id,
    text: plain(words.label, 75),
    accessibility_label: clip(words.spoken, 75),
    value: words.value,
    ...(words.style === undefined ? {} : { style: words.style }),
    ...(words.confirm === undefined ? {} : { confirm: words.confirm }),
  };
}

/** A button that opens a page; undefined when the address is none a browser may open. */
export function linkButton(id: string, label: string, url: string): Button | undefined {
  const target = webAddress(url);
  if (target === undefined) return undefined;
  return { type: 'button', action_id: id, text: plain(label, 75), url: target };
}

export function confirm(
  title: string,
  effect: Markup,
  yes: string,
  no: string,
): ConfirmationDialog {
  return {
    title: plain(title, 100),
    text: mrkdwn(effect, 300),
    confirm: plain(yes, 30),
    deny: plain(no, 30),
  };
}

export function option(label: string, value: string, hint?: string): PlainTextOption {
  return {
    text: plain(label, OPTION),
    value,
    ...(hint === undefined || hint === '' ? {} : { description: plain(hint, OPTION) }),
  };
}

export function message(text: Markup, blocks: readonly KnownBlock[]): Message {
  return { text: clipMarkup(text, 3000).mrkdwn, blocks: [...blocks] };
}

/** A message of one paragraph. */
export function note(text: Markup): Message {
  return message(text, [section(text)]);
}

/** A message's sentence as markup, which it already is. */
export function sentenceOf({ text }: Message): Markup {
  return { mrkdwn: text };
}
