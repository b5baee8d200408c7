import type { Account, HealthState, Verification } from '../domain/account.ts';
import { counted } from '../domain/counted.ts';
import { hasCode, ProductError, toProductError } from '../domain/errors.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { Request } from '../domain/request.ts';
import { auditedStore } from '../steps/audited-store.ts';
import type { Ports } from '../steps/ports.ts';
import { connectionTroubles } from '../steps/verify-connection.ts';
import { verifyCredential } from '../steps/verify.ts';
import { asRequest } from './as-request.ts';
import { eventOf } from './change-care.ts';
import type { CareDeps } from './deps.ts';

export interface Examined {
  readonly state: HealthState;
  readonly says: readonly string[];
  /** What the credential showed; undefined when it could not be used. */
  readonly verification: Verification | undefined;
}

const DAY_MS = 86_400_000;
const SOON_MS = 14 * DAY_MS;

/**
 * Uses the stored credential and asks the other end of its connection. Undefined when something on
 * the way there is out of order for now: that says nothing about the account.
 */
export async function examine(account: Account, deps: CareDeps): Promise<Examined | undefined> {
  const { records, ports } = deps.useCases;
  const origin = await records.get(account.id);
  const store = auditedStore(ports.store, (name) =>
    records.audit.append(eventOf(account, 'credential-read', { step: 'check', name })),
  );
  const audited = { ...ports, store };
  try {
    const verification = await tryCredential(account, origin, audited, deps.clock.now());
    const troubles = await connectionTroubles(asRequest(account, origin), audited);
    return judge(account, verification, troubles, deps.clock.now());
  } catch (error) {
    return explain(toProductError(error, account.id));
  }
}

function tryCredential(
  account: Account,
  origin: Request,
  ports: Ports,
  now: Date,
): Promise<Verification> {
  const request = asRequest(account, origin);
  return ports.store
    .read(account.secret.name)
    .catch((error: unknown) => {
      if (!hasCode(error, 'not-found', 'conflict')) throw error;
      throw new ProductError('verification-failed', {
        subject: account.secret.name,
        message: `Its credential ${account.secret.name} is no longer in ${ports.storeName}.`,
        cause: error,
      });
    })
    .then((value) => verifyCredential(request, ports, value, now));
}

function judge(
  account: Account,
  verification: Verification,
  troubles: readonly string[],
  now: Date,
): Examined {
  if (troubles.length > 0) return { state: 'broken', says: troubles, verification };
  const drift = driftOf(account.verification, verification);
  if (drift.length > 0) return { state: 'drifted', says: drift, verification };
  const end = verification.expiresAt;
  if (end !== null && Date.parse(end) - now.getTime() < SOON_MS) {
    const says = `Its credential ends on ${end.slice(0, 10)}. Rotate it before then.`;
    return { state: 'expiring', says: [says], verification };
  }
  if (account.rotateAt <= now.toISOString()) {
    const says = `Its credential was due to be renewed on ${account.rotateAt.slice(0, 10)}. Rotate it.`;
    return { state: 'expiring', says: [says], verification };
  }
  return { state: 'healthy', says: [], verification };
}

/** What somebody has changed since it was last found right. Seeing more is growth, not drift. */
function driftOf(before: Verification, now: Verification): string[] {
  const says: string[] = [];
  if (now.role !== before.role) {
    says.push(`Its role is now ${now.role}; it was ${before.role}.`);
  }
  const added = now.scopes.filter((scope) => !before.scopes.includes(scope));
  const gone = before.scopes.filter((scope) => !now.scopes.includes(scope));
  if (added.length > 0) says.push(`Its credential now also has ${added.join(', ')}.`);
  if (gone.length > 0) says.push(`Its credential no longer has ${gone.join(', ')}.`);
  if (now.sees.count < before.sees.count) {
    says.push(
      `It sees ${counted(now.sees.count, now.sees.noun)}; it was ${before.sees.count}. If that is as it should be, say so with “This is right”.`,
    );
  }
  return says;
}

const PASSING: readonly ErrorCode[] = ['timeout', 'unreachable', 'unavailable', 'rate-limited'];
const OF_THE_ACCOUNT: readonly ErrorCode[] = ['verification-failed', 'not-found'];

/** What is wrong with the account, with our way to it, or with nothing that lasts. */
function explain(error: ProductError): Examined | undefined {
  if (PASSING.includes(error.code)) return undefined;
  const state = OF_THE_ACCOUNT.includes(error.code) ? 'broken' : 'unknown';
  return { state, says: [error.message], verification: undefined };
}
