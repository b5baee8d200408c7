/** Text in Slack's markup, already escaped: as a type of its own it is escaped once, never twice or not at all. */
export interface Markup {
  readonly mrkdwn: string;
}

type Piece = Markup | string | number;

/** Control and format characters, of which the latter can hide or reverse text; lines may break. */
const CONTROL = /(?![\n\t])[\p{Cc}\p{Cf}]/gu;
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const ORDINARY = 300;

/**
 * Builds markup: what is written in the template is markup, every interpolated string is escaped
 * and cut. This is the one way for other people's words into a message.
 */
export function say(parts: TemplateStringsArray, ...values: readonly Piece[]): Markup {
  const texts = values.map((value) =>
    isMarkup(value) ? value.mrkdwn : words(String(value)).mrkdwn,
  );
  return { mrkdwn: String.raw({ raw: parts.map((part) => part.replaceAll('\r', '')) }, ...texts) };
}

/** Other people's words as markup, on one line, at most `limit` characters as Slack counts them. */
export function words(text: string, limit = ORDINARY): Markup {
  return { mrkdwn: escapeAndClip(text.replaceAll(/\s+/gu, ' ').trim(), limit) };
}

/** Other people's words over several lines, each marked as quoted so that none can pass for ours. */
export function quote(text: string, limit: number): Markup {
  const lines = clean(text).trim().split(/\n+/u).slice(0, 20);
  const quoted = lines.map((line) => `>${escapeAndClip(line, limit)}`).join('\n');
  return { mrkdwn: clipMarked(quoted, limit) };
}

/** Text for plain-text objects: no markup is read there, so it is only cleaned and cut. */
export function clip(text: string, limit: number): string {
  const tidy = clean(text);
  if (tidy.length <= limit) return tidy;
  return `${wellFormed(tidy.slice(0, limit - 1)).trimEnd()}…`;
}

export function join(pieces: readonly Markup[], separator = '\n'): Markup {
  return { mrkdwn: pieces.map((piece) => piece.mrkdwn).join(separator) };
}

/** As many pieces as fit into `limit` characters, with a last line that counts the others. */
export function joinUpTo(pieces: readonly Markup[], limit: number, separator = '\n'): Markup {
  const kept: Markup[] = [];
  let length = 0;
  for (const piece of pieces) {
    length += piece.mrkdwn.length + separator.length;
    if (length > limit - 30) break;
    kept.push(piece);
  }
  const left = pieces.length - kept.length;
  return join(left === 0 ? kept : [...kept, say`…and ${left} more`], separator);
}

export function bold(piece: Piece): Markup {
  const inner = isMarkup(piece) ? piece : words(String(piece));
  return { mrkdwn: `*${inner.mrkdwn}*` };
}

const SYSTEM = 'system';
const PERSON = /^[UW][A-Z0-9]+$/u;
const GROUP = /^S[A-Z0-9]+$/u;

/** A mention; the app itself is named in words, and what is no Slack id is shown as text. */
export function person(id: string): Markup {
  if (id === SYSTEM) return { mrkdwn: 'the app' };
  return PERSON.test(id) ? { mrkdwn: `<@${id}>` } : words(id);
}

export function group(id: string): Markup {
  return GROUP.test(id) ? { mrkdwn: `<!subteam^${id}>` } : words(id);
}

/** Shown in the reader's own time zone; in plain clients as UTC. */
export function moment(iso: string): Markup {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return words(iso);
  const plain = `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return { mrkdwn: `<!date^${Math.floor(time / 1000)}^{date_short_pretty} at {time}|${plain}>` };
}

export function day(iso: string): Markup {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return words(iso);
  const plain = new Date(time).toISOString().slice(0, 10);
  return { mrkdwn: `<!date^${Math.floor(time / 1000)}^{date_short_pretty}|${plain}>` };
}

const LONGEST_URL = 2000;

/** A link that shows its label; an address that is not a web address stays unlinked. */
export function link(url: string, label: string): Markup {
  const target = webAddress(url);
  const text = words(label, 150);
  if (target === undefined) return text;
  const safe = target.replaceAll('|', '%7C').replaceAll(/[&<>]/gu, (sign) => ESCAPES[sign] ?? sign);
  return { mrkdwn: `<${safe}|${text.mrkdwn.replaceAll('|', '¦')}>` };
}

/** The address when a browser may be sent there, else undefined. */
export function webAddress(url: string): string | undefined {
  if (url.length > LONGEST_URL || !URL.canParse(url)) return undefined;
  const { protocol, href } = new URL(url);
  return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}

/** Cuts finished markup at a limit without cutting an escape, a mention or a link in two. */
export function clipMarkup(piece: Markup, limit: number): Markup {
  return { mrkdwn: clipMarked(piece.mrkdwn, limit) };
}

function isMarkup(value: Piece): value is Markup {
  return typeof value === 'object';
}

function escapeAndClip(text: string, limit: number): string {
  return clipMarked(
    clean(text).replaceAll(/[&<>]/gu, (sign) => ESCAPES[sign] ?? sign),
    limit,
  );
}

function clipMarked(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = wellFormed(text.slice(0, limit - 1))
    .replace(/<[^>]*$/u, '')
    .replace(/&[a-z]*$/u, '');
  return `${cut.trimEnd()}…`;
}

function clean(text: string): string {
  return wellFormed(text.replaceAll(/\r\n?/gu, '\n').replaceAll(CONTROL, ''));
}

function wellFormed(text: string): string {
  return text.toWellFormed().replaceAll('\uFFFD', '');
}
