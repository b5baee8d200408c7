import { h } from '../dom.ts';
import { linkTo } from '../place.ts';
import type { Place } from '../place.ts';
import { boards, messages, part } from '../state.ts';

/** A person by name. */
export function mention(id: string): HTMLElement {
  const person = part('workspace')?.people.find((one) => one.id === id);
  return h('span', { class: 'mention' }, `@${person?.name ?? id}`);
}

export function mentionGroup(id: string): HTMLElement {
  const group = part('workspace')?.groups.find((one) => one.id === id);
  return h('span', { class: 'mention' }, `@${group?.handle ?? id}`);
}

/** A link: to a place on this page where the address belongs to the sandbox, else to a new tab. */
export function link(url: string, label: string, props: Record<string, string> = {}): HTMLElement {
  const inside = insideOf(url);
  if (inside !== null) return h('a', { ...props, href: linkTo(inside) }, label);
  if (!/^(?:https?|mailto):/i.test(url)) return h('span', {}, label);
  return h('a', { ...props, href: url, target: '_blank', rel: 'noreferrer noopener' }, label);
}

function insideOf(url: string): Partial<Place> | null {
  if (!URL.canParse(url)) return null;
  const { origin, pathname } = new URL(url);
  const board = part('workspace')?.origins[origin];
  if (board !== undefined) {
    return { view: 'board', id: board, detail: entryIn(board, pathname) };
  }
  const [, channel, seconds, rest] = /^\/archives\/(\w+)\/p(\d{10})(\d{6})$/.exec(pathname) ?? [];
  if (channel === undefined) return null;
  return threadOf(channel, `${seconds}.${rest}`);
}

/** The part of the path that names one of the board's own pages. */
function entryIn(board: string, path: string): string {
  const entries = boards().find(({ id }) => id === board)?.entries ?? [];
  const parts = path.split('/').map((each) => decodeURIComponent(each));
  return entries.find(({ id, title }) => parts.includes(id) || parts.includes(title))?.id ?? '';
}

function threadOf(channel: string, ts: string): Partial<Place> {
  const message = messages().find((one) => one.channel === channel && one.ts === ts);
  const isDirect = part('workspace')?.direct === channel;
  const detail = message?.threadTs ?? ts;
  return isDirect ? { view: 'direct', id: '' } : { view: 'channel', id: channel, detail };
}
