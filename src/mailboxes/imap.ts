import { ImapFlow } from 'imapflow';
import { z } from 'zod';

import { ProductError } from '../domain/errors.ts';
import { ok, problem } from '../domain/finding.ts';
import type { Finding } from '../domain/finding.ts';
import { Secret } from '../domain/secret.ts';
import { parseHeaders, RECIPIENT_HEADERS } from './mail-headers.ts';
import { findMailIn, NEWEST, searchIn } from './mailroom.ts';
import type { MailQuery, Mailroom, ReadMail } from './mailroom.ts';
import type { ChallengeTools } from './challenge.ts';
import type { Mailboxes } from './mailboxes.ts';
import { CHALLENGE_HEADER, isLoopback } from './smtp.ts';

export const imapSchema = z.strictObject({
  host: z.string().min(1),
  port: z.int().min(1).max(65_535),
  /** TLS from the first byte (port 993). Without it STARTTLS is demanded, except on loopback. */
  secure: z.boolean().default(true),
  user: z.string().min(1),
  password: z.instanceof(Secret),
  mailbox: z.string().min(1).default('INBOX'),
  /** How the server that receives mail calls itself in Authentication-Results. */
  authserv_id: z
    .string()
    .regex(/^[\w.-]+$/, 'a name such as mx.example.com')
    .optional(),
  /** Opens the mailbox for people; shown when an invitation has arrived. */
  webmail_url: z.url({ protocol: /^https$/ }).optional(),
});

export type ImapConfig = z.output<typeof imapSchema>;

const SUBJECT = 'Mailbox (IMAP)';
const WANTED_HEADERS = [CHALLENGE_HEADER, ...RECIPIENT_HEADERS, 'From', 'Authentication-Results'];

/** Reads the mailbox where mail for all service addresses arrives. */
export interface ImapReader extends Pick<Mailboxes, 'findMail'> {
  readonly search: NonNullable<ChallengeTools['search']>;
  readonly check: () => Promise<Finding[]>;
}

export function openImapReader(config: ImapConfig, timeoutMs: number): ImapReader {
  const mailroom: Mailroom = {
    find: (query, fits) =>
      withMailbox(config, timeoutMs, (client) => findMail(client, query, fits)),
  };
  const inbox = { name: config.user, url: config.webmail_url ?? null };
  const authservId = config.authserv_id;
  return {
    search: searchIn(mailroom),
    ...(authservId === undefined
      ? {}
      : { findMail: findMailIn(mailroom, { authservId }, () => inbox) }),
    async check() {
      try {
        await withMailbox(config, timeoutMs, async () => undefined);
        return [ok(SUBJECT, `The app reads the mailbox ${config.mailbox}.`)];
      } catch (error) {
        const { message } = explain(error, config);
        const advice = 'Look at imap: host, port, secure, user, password and mailbox.';
        return [problem(SUBJECT, message, advice)];
      }
    },
  };
}

async function findMail(
  client: ImapFlow,
  query: MailQuery,
  fits: (mail: ReadMail) => boolean,
): Promise<ReadMail | undefined> {
  for (const uid of await searchUids(client, query)) {
    const mail = await client.fetchOne(
      String(uid),
      { headers: WANTED_HEADERS, internalDate: true },
      { uid: true },
    );
    if (mail === false || mail.headers === undefined || mail.internalDate === undefined) continue;
    const headers = parseHeaders(mail.headers.toString('utf8'));
    const read = { headers, receivedAt: new Date(mail.internalDate) };
    if (!fits(read)) continue;
    if (query.markSeen) await client.messageFlagsAdd(String(uid), ['\\Seen'], { uid: true });
    return read;
  }
  return undefined;
}

/** The newest first. */
async function searchUids(client: ImapFlow, query: MailQuery): Promise<number[]> {
  // SINCE knows only days, in the server's own time zone.
  const since = new Date(query.since.getTime() - DAY_MS);
  const { narrow } = query;
  const keys =
    'subject' in narrow
      ? [{ subject: narrow.subject }]
      : narrow.senders.map((sender) => ({ from: sender }));
  const uids = new Set<number>();
  for (const key of keys) {
    const found = await client.search({ ...key, since }, { uid: true });
    if (!Array.isArray(found)) throw notSearched();
    for (const uid of found) uids.add(uid);
  }
  return [...uids].sort((one, other) => other - one).slice(0, NEWEST);
}

const DAY_MS = 24 * 60 * 60_000;

async function withMailbox<T>(
  config: ImapConfig,
  timeoutMs: number,
  use: (client: ImapFlow) => Promise<T>,
): Promise<T> {
  const client = new ImapFlow({
    host: config.host,
    port: config.port,
    secure: config.secure,
    ...(config.secure ? {} : { doSTARTTLS: !isLoopback(config.host) }),
    auth: { user: config.user, pass: config.password.reveal() },
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  });
  // A time-out is only told by this event; the pending call just says that it was cut off.
  let broken: unknown;
  client.on('error', (error: unknown) => {
    broken ??= error;
  });
  try {
    await client.connect();
    await client.mailboxOpen(config.mailbox);
    return await use(client);
  } catch (error) {
    throw explain(broken ?? error, config);
  } finally {
    await leave(client);
  }
}

async function leave(client: ImapFlow): Promise<void> {
  try {
    if (client.usable) await client.logout();
  } catch {
    // The work is done or has failed already; a farewell that fails changes neither.
  } finally {
    client.close();
  }
}

type ImapCode = 'unauthenticated' | 'invalid-config' | 'unavailable' | 'timeout' | 'unreachable';

interface ImapFailure {
  readonly code?: unknown;
  readonly authenticationFailed?: unknown;
  readonly mailboxMissing?: unknown;
  readonly responseStatus?: unknown;
}

const TIMEOUTS: readonly unknown[] = [
  'CONNECT_TIMEOUT',
  'GREETING_TIMEOUT',
  'UPGRADE_TIMEOUT',
  'ETIMEOUT',
  'ETIMEDOUT',
];

function explain(error: unknown, config: ImapConfig): ProductError {
  if (error instanceof ProductError) return error;
  const code = classify(error ?? {});
  return new ProductError(code, {
    subject: SUBJECT,
    message: sentence(code, config.mailbox),
    cause: error,
  });
}

function classify(failure: ImapFailure): ImapCode {
  if (failure.authenticationFailed === true) return 'unauthenticated';
  if (failure.mailboxMissing === true) return 'invalid-config';
  if (failure.responseStatus !== undefined || failure.code === 'ETHROTTLE') return 'unavailable';
  return TIMEOUTS.includes(failure.code) ? 'timeout' : 'unreachable';
}

function sentence(code: ImapCode, mailbox: string): string {
  switch (code) {
    case 'unauthenticated':
      return 'The IMAP server does not accept the user and password of the configuration.';
    case 'invalid-config':
      return `The IMAP server has no mailbox named ${mailbox}.`;
    case 'unavailable':
      return 'The IMAP server refuses at the moment; it may be busy.';
    case 'timeout':
      return 'The IMAP server did not answer in time.';
    case 'unreachable':
      return 'The IMAP server could not be reached, or not by TLS.';
  }
}

/** An unsearchable mailbox is not an empty one. */
function notSearched(): ProductError {
  return new ProductError('unavailable', {
    subject: SUBJECT,
    message: 'The IMAP server refused to search the mailbox.',
  });
}
