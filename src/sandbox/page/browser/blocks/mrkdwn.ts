import { h } from '../dom.ts';
import { emoji } from './emoji.ts';
import { link, mention, mentionGroup } from './references.ts';

// Slack's marks: <…> first, since nothing inside is markup; then code, then the rest.
const TOKEN =
  /<([^<>]+)>|```([\s\S]+?)```|`([^`\n]+)`|(?<![\w*])\*([^*\n]+)\*(?![\w*])|(?<![\w_])_([^_\n]+)_(?![\w_])|(?<![\w~])~([^~\n]+)~(?![\w~])|:([a-z0-9_+-]+):/g;

/** Text in Slack's markup as people see it. */
export function mrkdwn(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  const lines = text.split('\n');
  let quoted: HTMLElement | null = null;
  lines.forEach((line, index) => {
    const quote = /^(?:>|&gt;) ?(.*)$/.exec(line);
    if (quote === null) {
      if (index > 0 && quoted === null) fragment.append(h('br'));
      quoted = null;
      fragment.append(inline(line));
      return;
    }
    if (quoted === null) {
      quoted = h('blockquote');
      fragment.append(quoted);
    } else quoted.append(h('br'));
    quoted.append(inline(quote[1] ?? ''));
  });
  return fragment;
}

function inline(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    fragment.append(unescape(text.slice(at, match.index)), drawToken(match));
    at = match.index + match[0].length;
  }
  fragment.append(unescape(text.slice(at)));
  return fragment;
}

function drawToken(match: RegExpExecArray): Node | string {
  const [whole, reference, fence, code, bold, italic, struck, name] = match;
  if (reference !== undefined) return drawReference(reference);
  if (fence !== undefined) return h('pre', {}, unescape(fence));
  if (code !== undefined) return h('code', {}, unescape(code));
  if (bold !== undefined) return h('strong', {}, inline(bold));
  if (italic !== undefined) return h('em', {}, inline(italic));
  if (struck !== undefined) return h('s', {}, inline(struck));
  return emoji(name ?? '') ?? whole;
}

function drawReference(reference: string): Node | string {
  const [target = '', label] = reference.split('|');
  if (target.startsWith('@')) return mention(target.slice(1));
  if (target.startsWith('!subteam^')) return mentionGroup(target.slice('!subteam^'.length));
  if (target.startsWith('!date^')) return drawDate(target, label ?? '');
  if (target.startsWith('#')) return `#${label ?? target.slice(1)}`;
  if (target.startsWith('!')) return `@${target.slice(1)}`;
  return link(unescape(target), unescape(label ?? target));
}

const DATE: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', year: 'numeric' };
const TIME: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };

/** `!date^<seconds>^<format>`: in the reader's own time zone. */
function drawDate(target: string, fallback: string): Node {
  const [, seconds = '', format = ''] = target.split('^');
  const moment = new Date(Number(seconds) * 1000);
  if (Number.isNaN(moment.getTime())) return document.createTextNode(unescape(fallback));
  const text = format
    .replaceAll(/\{date[a-z_]*\}/g, moment.toLocaleDateString('en-GB', DATE))
    .replaceAll(/\{time[a-z_]*\}/g, moment.toLocaleTimeString('en-GB', TIME));
  return h('time', { datetime: moment.toISOString(), title: unescape(fallback) }, text);
}

export function unescape(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
