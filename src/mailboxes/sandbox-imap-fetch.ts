import { header } from './sandbox-post.ts';
import type { StoredMail } from './sandbox-post.ts';
import { quote, words } from './sandbox-imap-syntax.ts';
import type { Argument } from './sandbox-imap-syntax.ts';

/** One FETCH answer's data items (RFC 3501, section 7.4.2). */
export function fetchItems(mail: StoredMail, wanted: readonly Argument[]): string {
  return wanted
    .map((item) => words(item))
    .map((item) => fetchItem(mail, item))
    .join(' ');
}

function fetchItem(mail: StoredMail, item: string): string {
  const name = item.toUpperCase();
  if (name.startsWith('BODY[') || name.startsWith('BODY.PEEK[')) return body(mail, item);
  switch (name) {
    case 'UID':
      return `UID ${mail.uid}`;
    case 'FLAGS':
      return `FLAGS (${[...mail.flags].join(' ')})`;
    case 'INTERNALDATE':
      return `INTERNALDATE ${quote(internalDate(mail.receivedAt))}`;
    case 'RFC822.SIZE':
      return `RFC822.SIZE ${Buffer.byteLength(mail.raw)}`;
    case 'ENVELOPE':
      return `ENVELOPE ${envelope(mail)}`;
    default:
      throw new Error(`unknown item ${name}`);
  }
}

function body(mail: StoredMail, item: string): string {
  const section = /\[(.*)\]/s.exec(item)?.[1] ?? '';
  if (!/\.peek/i.test(item)) mail.flags.add('\\Seen');
  const text = part(mail.raw, section);
  return `BODY[${section}] {${Buffer.byteLength(text)}}\r\n${text}`;
}

function part(raw: string, section: string): string {
  const split = raw.indexOf('\r\n\r\n') + 4;
  if (section === '') return raw;
  if (/^text$/i.test(section)) return raw.slice(split);
  const head = raw.slice(0, split);
  const names = /^header\.fields \((.*)\)$/i.exec(section)?.[1]?.toLowerCase().split(' ');
  if (names === undefined) return head;
  const lines = head.split(/\r\n(?![ \t])/).filter((line) => {
    const name = line.slice(0, line.indexOf(':')).toLowerCase();
    return names.some((wanted) => wanted.replaceAll('"', '') === name);
  });
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function envelope(mail: StoredMail): string {
  const text = (name: string) => nilOr(header(mail.raw, name));
  const people = (name: string) => {
    const match = /([^\s<>]+)@([^\s<>]+)/.exec(header(mail.raw, name));
    if (match === null) return 'NIL';
    return `((NIL NIL ${quote(match[1] ?? '')} ${quote(match[2] ?? '')}))`;
  };
  const from = people('from');
  const fields = [text('date'), text('subject'), from, from, from, people('to'), 'NIL', 'NIL'];
  return `(${[...fields, text('in-reply-to'), text('message-id')].join(' ')})`;
}

function nilOr(text: string): string {
  return text === '' ? 'NIL' : quote(text);
}

function internalDate(date: Date): string {
  const [, day = '', month = '', year = '', time = ''] = date.toUTCString().split(' ');
  return `${day}-${month}-${year} ${time} +0000`;
}
