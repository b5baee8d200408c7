import type { MessageView } from '../../wire.ts';
import { ask } from '../ask.ts';
import { drawBlock } from '../blocks/draw-block.ts';
import { mrkdwn } from '../blocks/mrkdwn.ts';
import type { Scene } from '../blocks/scene.ts';
import { h } from '../dom.ts';
import type { Kept } from '../keep.ts';
import { linkTo } from '../place.ts';
import { part, tell } from '../state.ts';
import { drawAvatar } from './avatar.ts';

const dismissed = new Set<string>();

interface Shown {
  readonly message: MessageView;
  /** Replies below it; null inside a thread. */
  readonly replies: number | null;
}

/** A message as part of a list. */
export function messagePart({ message, replies }: Shown): Kept {
  return {
    key: message.ts,
    signature: JSON.stringify([message, replies]),
    draw: () => drawMessage(message, replies),
  };
}

/** What only this person was shown goes away when they say so, as it does in Slack. */
export function isShown({ ts }: MessageView): boolean {
  return !dismissed.has(ts);
}

function drawMessage(message: MessageView, replies: number | null): HTMLElement {
  const { user, ts, blocks, text, ephemeral, channel } = message;
  const author = part('workspace')?.people.find(({ id }) => id === user);
  const name = author?.name ?? 'Slackbot';
  const scene: Scene = { at: { on: 'message', channel, ts }, values: {}, errors: {} };
  const plain = h('div', { class: 'block-text' }, mrkdwn(text));
  const content = blocks.map((block) => drawBlock(block, scene));
  return h(
    'article',
    { class: ephemeral ? 'message ephemeral' : 'message', 'aria-label': `${name}, ${timeOf(ts)}` },
    drawAvatar(name, user),
    h(
      'div',
      { class: 'message-main' },
      h(
        'div',
        { class: 'message-head' },
        h('strong', {}, name),
        author?.bot === true && h('span', { class: 'badge' }, 'App'),
        h('time', { class: 'quiet', datetime: isoOf(ts) }, timeOf(ts)),
      ),
      ephemeral && drawOnlyYou(ts),
      h('div', { class: 'blocks' }, ...(content.length === 0 ? [plain] : content)),
      author?.bot === false && drawShortcuts(channel, ts),
      drawThreadLink(message, replies),
    ),
  );
}

function drawOnlyYou(ts: string): HTMLElement {
  function dismiss(): void {
    dismissed.add(ts);
    tell();
  }
  return h(
    'p',
    { class: 'only-you' },
    'Only visible to you · ',
    h('button', { type: 'button', class: 'linklike', onclick: dismiss }, 'Dismiss'),
  );
}

/** What the app offers in the menu of a person's message. */
function drawShortcuts(channel: string, ts: string): HTMLElement {
  const shortcuts = part('workspace')?.messageShortcuts ?? [];
  const at = { on: 'message', channel, ts } as const;
  return h(
    'p',
    { class: 'message-menu' },
    ...shortcuts.map(({ id, name }) =>
      h(
        'button',
        { type: 'button', class: 'linklike', onclick: () => void ask({ do: 'shortcut', id, at }) },
        name,
      ),
    ),
  );
}

function drawThreadLink(
  { channel, ts, ephemeral }: MessageView,
  replies: number | null,
): HTMLElement | null {
  if (replies === null || ephemeral) return null;
  const words = replies === 1 ? '1 reply' : `${replies} replies`;
  return h(
    'a',
    { class: 'thread-link', href: linkTo({ view: 'channel', id: channel, detail: ts }) },
    replies === 0 ? 'Open the thread' : words,
  );
}

function isoOf(ts: string): string {
  return new Date(Number(ts.split('.')[0]) * 1000).toISOString();
}

function timeOf(ts: string): string {
  const moment = new Date(Number(ts.split('.')[0]) * 1000);
  return moment.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}
