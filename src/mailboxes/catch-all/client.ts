import { ImapFlow } from 'imapflow';

import { ProductError } from '../../domain/errors.ts';
import { ok, problem } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import { fits } from '../challenge.ts';
import type { Challenge, MailboxSpec } from '../mailboxes.ts';
import { CHALLENGE_HEADER, isLoopback } from '../smtp.ts';
import type { ImapConfig } from './schema.ts';

const SUBJECT = 'Mailbox (IMAP)';
const DAY_MS = 24 * 60 * 60_000;
const NEWEST = 20;

/** Reads the mailbox where mail for all service addresses arrives. */
export interface Reader {
  /** Is the challenge mail there? Marks it as seen and leaves it, for people who look later. */
  readonly hasArrived: (spec: MailboxSpec, challenge: Challenge) => Promise<boolean>;
  readonly check: () => Promise<Finding[]>;
}

export function openReader(config: ImapConfig, timeoutMs: number): Reader {
  return {
    hasArrived: (spec, challenge) =>
      withMailbox(config, timeoutMs, (client) => findChallenge(client, spec, challenge)),
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

async function findChallenge(
  client: ImapFlow,
  spec: MailboxSpec,
  challenge: Challenge,
): Promise<boolean> {
  // SINCE knows only days, in the server's own time zone.
  const since = new Date(Date.parse(challenge.sentAt) - 2 * DAY_MS);
  // By subject, because some servers do not index headers of their users' own making.
  const uids = await client.search({ subject: spec.marker, since }, { uid: true });
  if (!Array.isArray(uids)) throw notSearched();
  for (const uid of uids.slice(-NEWEST).toReversed()) {
    const mail = await client.fetchOne(
      String(uid),
      { headers: [CHALLENGE_HEADER, 'To', 'Delivered-To', 'X-Original-To'] },
      { uid: true },
    );
    if (mail === false || mail.headers === undefined) continue;
    if (!answers(mail.headers.toString('utf8'), spec, challenge)) continue;
    await client.messageFlagsAdd(String(uid), ['\\Seen'], { uid: true });
    return true;
  }
  return false;
}

/** Is it for this very address, and does it carry this very code? */
function answers(headers: string, spec: MailboxSpec, challenge: Challenge): boolean {
  const lines = headers.replaceAll(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  const values = (name: string) =>
    lines
      .filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
      .map((line) => line.slice(name.length + 1).trim());
  const recipients = [
    ...values('To'),
    ...values('Delivered-To'),
    ...values('X-Original-To'),
  ].flatMap((value) => value.toLowerCase().match(/[^\s<>,;"]+@[^\s<>,;"]+/g) ?? []);
  if (!recipients.includes(spec.address.toLowerCase())) return false;
  return values(CHALLENGE_HEADER).some((value) => {
    const [marker = '', code = ''] = value.split(' ');
    return marker === spec.marker && fits(code, challenge);
  });
}

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
