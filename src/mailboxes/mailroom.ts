import { fits } from './challenge.ts';
import type { ChallengeTools } from './challenge.ts';
import { authenticSender } from './authentic-sender.ts';
import type { Trust } from './authentic-sender.ts';
import { headerValues, isFor } from './mail-headers.ts';
import type { MailHeaders } from './mail-headers.ts';
import type { Challenge, Mailboxes, MailboxSpec } from './mailboxes.ts';
import { CHALLENGE_HEADER } from './smtp.ts';

/** Which mails to look at. Servers search roughly; what counts is checked in the headers. */
export interface MailQuery {
  /** The service address; whose mailbox that is, the mailroom knows. */
  readonly address: string;
  readonly since: Date;
  readonly narrow: { readonly subject: string } | { readonly senders: readonly string[] };
  /** Mark what was found as read, where the app may; it stays for people who look later. */
  readonly markSeen: boolean;
}

/** A mail without its contents: no room of the app ever reads those. */
export interface ReadMail {
  readonly headers: MailHeaders;
  readonly receivedAt: Date;
}

/** A mailbox that the app can read: by IMAP, by Gmail's API or by Graph. */
export interface Mailroom {
  /** The newest mail that fits. */
  readonly find: (
    query: MailQuery,
    fits: (mail: ReadMail) => boolean,
  ) => Promise<ReadMail | undefined>;
}

/** How many mails are looked at, newest first, before it counts as not there. */
export const NEWEST = 20;

const DAY_MS = 24 * 60 * 60_000;

/** Looks for a challenge mail with this very address and this very code. */
export function searchIn(mailroom: Mailroom): NonNullable<ChallengeTools['search']> {
  return async (spec, challenge) => {
    // Mail servers' clocks differ, and IMAP knows only days.
    const since = new Date(Date.parse(challenge.sentAt) - 2 * DAY_MS);
    // By subject, because some servers do not index headers of their users' own making.
    const narrow = { subject: spec.marker };
    const found = await mailroom.find(
      { address: spec.address, since, narrow, markSeen: true },
      ({ headers }) => answers(headers, spec, challenge),
    );
    return found !== undefined;
  };
}

function answers(headers: MailHeaders, spec: MailboxSpec, challenge: Challenge): boolean {
  if (!isFor(headers, spec.address)) return false;
  return headerValues(headers, CHALLENGE_HEADER).some((value) => {
    const [marker = '', code = ''] = value.split(' ');
    return marker === spec.marker && fits(code, challenge);
  });
}

/** Where people open the mailbox. */
export interface Inbox {
  readonly name: string;
  readonly url: string | null;
}

/** Looks for mail of expected senders whose origin our own mail server vouches for. */
export function findMailIn(
  mailroom: Mailroom,
  trust: Trust,
  inbox: (address: string) => Inbox,
): NonNullable<Mailboxes['findMail']> {
  return async (address, wanted) => {
    const { from } = wanted;
    // Mail servers tell the second in which a mail came, and nothing finer.
    const since = new Date(Math.floor(wanted.since.getTime() / 1000) * 1000);
    const query = { address, since, narrow: { senders: from }, markSeen: false };
    const mail = await mailroom.find(query, ({ headers, receivedAt }) => {
      const isNew = receivedAt.getTime() >= since.getTime();
      return (
        isNew && isFor(headers, address) && authenticSender(headers, trust, from) !== undefined
      );
    });
    const sender = mail && authenticSender(mail.headers, trust, from);
    if (mail === undefined || sender === undefined) return undefined;
    return { arrivedAt: mail.receivedAt.toISOString(), sender, inbox: inbox(address) };
  };
}
