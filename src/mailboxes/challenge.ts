import { createHash, randomInt, timingSafeEqual } from 'node:crypto';

import { hasCode } from '../domain/errors.ts';
import { done, human, later } from '../domain/outcome.ts';
import type { Outcome } from '../domain/outcome.ts';
import { humanTask } from '../domain/task.ts';
import type { HumanTask } from '../domain/task.ts';
import type { Clock } from '../lib/clock.ts';
import type { Challenge, MailboxSpec, MailProof } from './mailboxes.ts';

export interface ChallengeTools {
  readonly clock: Clock;
  /** Hands one mail over; a ProductError when the mail server did not take it. */
  send(spec: MailboxSpec, code: string): Promise<void>;
  /** Is the mail with this code there? Null where only a person can look. */
  /** Is the address so new that its mail server may not know it yet? */
  readonly settles?: boolean;
  readonly search: ((spec: MailboxSpec, challenge: Challenge) => Promise<boolean>) | null;
}

// Crockford's alphabet: eight of 32 letters are 40 bits, and none is mistaken for another.
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 8;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const LIFETIME_MS = 24 * 60 * MINUTE;
/** How long the app looks by itself before it also asks a person, and between two mails. */
const PATIENCE_MS = 10 * MINUTE;
const MOST_SENDS = 5;
/** How long a mail provider may take until its mail servers know a new address. */
const SETTLES_MS = 2 * 60 * MINUTE;
const ANOTHER = 'new';

/**
 * Proves that mail arrives: a code travels by mail and comes back through the mailbox's reader or
 * through a person. A code whose mail is not known to have left is replaced, since only its hash
 * is kept and it can not be sent again.
 */
export async function proveByChallenge(
  tools: ChallengeTools,
  spec: MailboxSpec,
  kept: Challenge | null,
  answers: Readonly<Record<string, string>>,
  keep: (challenge: Challenge) => Promise<void>,
): Promise<Outcome<MailProof>> {
  const answer = answers['code']?.trim() ?? '';
  const living = isLiving(kept, tools.clock.now()) ? kept : null;
  if (living === null) return begin(tools, spec, kept, answer, keep);
  if (fits(answer, living)) return proof(tools, 'The code from the mail was entered');
  if (living.sentAt === '' || isDue(answer, living, tools.clock.now())) {
    return begin(tools, spec, living, answer, keep);
  }
  return tools.search === null
    ? human(codeTask(spec, living, findingOn(answer, living), null))
    : lookForIt(tools, tools.search, spec, living, answer);
}

async function begin(
  tools: ChallengeTools,
  spec: MailboxSpec,
  before: Challenge | null,
  answer: string,
  keep: (challenge: Challenge) => Promise<void>,
): Promise<Outcome<MailProof>> {
  const sent = await sendCode(tools, spec, before, keep);
  if (sent === undefined) return later(MINUTE, 'The mail server does not know the new address yet');
  // Within one mail server it is there at once.
  if (tools.search !== null) return lookForIt(tools, tools.search, spec, sent, answer);
  const finding = answer === '' ? null : 'A new mail with a new code was sent.';
  return human(codeTask(spec, sent, finding, null));
}

async function lookForIt(
  tools: ChallengeTools,
  search: NonNullable<ChallengeTools['search']>,
  spec: MailboxSpec,
  challenge: Challenge,
  answer: string,
): Promise<Outcome<MailProof>> {
  if (await search(spec, challenge)) return proof(tools, 'The challenge mail arrived');
  const waited = age(challenge, tools.clock.now());
  if (waited < PATIENCE_MS) {
    const pause = Math.min(MINUTE, Math.max(SECOND, waited / 2));
    return later(pause, 'The challenge mail has not arrived yet');
  }
  const absent = 'The mail has not arrived in the mailbox that the app reads.';
  const finding = findingOn(answer, challenge) ?? absent;
  return human(codeTask(spec, challenge, finding, 5 * MINUTE));
}

/** The hash as it is kept, whatever way a person types the code. */
export function hashCode(code: string): string {
  const plain = code
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  return createHash('sha256').update(plain).digest('hex');
}

/** Compares in constant time. */
export function fits(code: string, challenge: Pick<Challenge, 'codeHash'>): boolean {
  const given = Buffer.from(hashCode(code), 'hex');
  const wanted = Buffer.from(challenge.codeHash, 'hex');
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** Undefined when the mail server refuses an address that may just be too new for it. */
async function sendCode(
  tools: ChallengeTools,
  spec: MailboxSpec,
  before: Challenge | null,
  keep: (challenge: Challenge) => Promise<void>,
): Promise<Challenge | undefined> {
  const now = tools.clock.now();
  const code = newCode();
  const expiresAt = new Date(now.getTime() + LIFETIME_MS).toISOString();
  // A day's mails are counted together; with the next day the count begins anew.
  const sends = isLiving(before, now) ? before.sends : 0;
  const refusedSince = before?.refusedSince;
  const unsent = { codeHash: hashCode(code), sentAt: '', expiresAt, sends, refusedSince };
  await keep(unsent);
  try {
    await tools.send(spec, code);
  } catch (error) {
    const since = refusedSince ?? now.toISOString();
    const waited = now.getTime() - Date.parse(since);
    if (tools.settles !== true || !hasCode(error, 'refused') || waited >= SETTLES_MS) throw error;
    await keep({ ...unsent, refusedSince: since });
    return undefined;
  }
  const sentAt = tools.clock.now().toISOString();
  const sent = { codeHash: unsent.codeHash, sentAt, expiresAt, sends: sends + 1 };
  await keep(sent);
  return sent;
}

function newCode(): string {
  const letters = Array.from({ length: LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length)));
  return `${letters.slice(0, 4).join('')}-${letters.slice(4).join('')}`;
}

function isLiving(challenge: Challenge | null, now: Date): challenge is Challenge {
  return challenge !== null && Date.parse(challenge.expiresAt) > now.getTime();
}

function age(challenge: Challenge, now: Date): number {
  return now.getTime() - Date.parse(challenge.sentAt);
}

/** Has a person asked for another mail, and may there be one already? */
function isDue(answer: string, challenge: Challenge, now: Date): boolean {
  const rested = age(challenge, now) >= PATIENCE_MS;
  return answer.toLowerCase() === ANOTHER && rested && challenge.sends < MOST_SENDS;
}

function findingOn(answer: string, challenge: Challenge): string | null {
  if (answer === '') return null;
  if (answer.toLowerCase() !== ANOTHER) {
    return 'That is not the code. Take it from the newest mail; older mails have other codes.';
  }
  return challenge.sends < MOST_SENDS
    ? 'The last mail is less than ten minutes old. Wait for it, or ask again later.'
    : `${MOST_SENDS} mails were sent, so there is no other one before ${challenge.expiresAt}.`;
}

function codeTask(
  spec: MailboxSpec,
  challenge: Challenge,
  finding: string | null,
  // Null where only a person can look: checking again by itself would tell nothing.
  pollMs: number | null,
): HumanTask {
  return humanTask({
    id: 'mail-code',
    title: `Enter the code that was mailed to ${spec.address}`,
    role: 'mail-admin',
    instructions: [
      `Open the mailbox that receives mail for ${spec.address} and find the newest mail with ${spec.marker} in its subject. Look in the spam folder, too.`,
      'Press "Done" and enter the code from that mail, for example 7K3F-9QAB.',
      `If no mail came after ten minutes, enter ${ANOTHER} instead of the code to get another one.`,
    ],
    warnings: [
      `The code is valid until ${challenge.expiresAt}. It only proves that mail arrives and opens nothing.`,
    ],
    fields: [
      {
        id: 'code',
        label: 'The code from the mail',
        hint: `Eight letters and digits, or ${ANOTHER} for another mail`,
        example: '7K3F-9QAB',
      },
    ],
    finding,
    pollMs,
  });
}

function proof(tools: ChallengeTools, how: string): Outcome<MailProof> {
  return done({ how, at: tools.clock.now().toISOString() });
}
