import { header } from './sandbox-post.ts';
import type { StoredMail } from './sandbox-post.ts';
import { inSet, words } from './sandbox-imap-syntax.ts';
import type { Argument } from './sandbox-imap-syntax.ts';

type Test = (mail: StoredMail) => boolean;

const DAY_MS = 24 * 60 * 60_000;

/**
 * The mails that fit every key (RFC 3501, section 6.4.4).
 * @throws Error on a key this stand-in does not know; the server answers BAD
 */
export function searchMails(mails: readonly StoredMail[], keys: readonly Argument[]): StoredMail[] {
  const tests: Test[] = [];
  const rest = [...keys];
  while (rest.length > 0) tests.push(takeTest(rest, mails.length));
  return mails.filter((mail) => tests.every((test) => test(mail)));
}

function takeTest(rest: Argument[], largest: number): Test {
  const next = () => words(rest.shift());
  const key = next().toUpperCase();
  switch (key) {
    case 'ALL':
      return () => true;
    case 'HEADER':
      return hasHeader(next(), next());
    case 'TO':
    case 'FROM':
    case 'SUBJECT':
      return hasHeader(key, next());
    case 'SINCE':
      return since(next());
    case 'SEEN':
      return (mail) => mail.flags.has('\\Seen');
    case 'UNSEEN':
      return (mail) => !mail.flags.has('\\Seen');
    case 'UID': {
      const set = next();
      return (mail) => inSet(set, mail.uid, largest);
    }
    default:
      throw new Error(`unknown search key ${key}`);
  }
}

function hasHeader(name: string, part: string): Test {
  return (mail) => header(mail.raw, name).toLowerCase().includes(part.toLowerCase());
}

/** Compares days and not moments, as IMAP does. */
function since(day: string): Test {
  const start = Date.parse(`${day.replaceAll('-', ' ')} UTC`);
  if (Number.isNaN(start)) throw new Error('bad date');
  return (mail) => Math.floor(mail.receivedAt.getTime() / DAY_MS) * DAY_MS >= start;
}
