import { createHash } from 'node:crypto';

import type { Account, Health } from '../domain/account.ts';
import { FINAL_STATES, STATES } from '../domain/request.ts';
import { eventOf } from './change-care.ts';
import type { Activity, CareDeps } from './deps.ts';
import { after } from './due.ts';
import { examine } from './examine.ts';
import type { Examined } from './examine.ts';

const RETRY_MS = 3_600_000;
/** Checks that find no answer for so many periods leave nothing to be sure of. */
const BLIND_PERIODS = 3;

export const checkWhenDue: Activity = async (account, deps) => {
  const now = deps.clock.now().toISOString();
  if (account.care.checkAt !== null && account.care.checkAt > now) return account;
  return check(account, deps, false);
};

/**
 * Looks at an account now. `accept` takes what is found as right from now on, as its owner says.
 * While an operation changes it, it is left alone.
 */
export async function check(account: Account, deps: CareDeps, accept: boolean): Promise<Account> {
  if (await isBeingChanged(account, deps)) return postpone(account, deps);
  const seen = await examine(account, deps);
  if (seen === undefined && !isBlind(account, deps)) return postpone(account, deps);
  const found = seen ?? {
    state: 'unknown' as const,
    says: ['It could not be checked for days, because what it takes was out of reach.'],
    verification: undefined,
  };
  return keep(account, accept ? accepted(found) : found, deps);
}

/** An operation is under way; one that nobody has approved yet does not count. */
export async function isBeingChanged({ id }: Account, { useCases }: CareDeps): Promise<boolean> {
  const states = STATES.filter((state) => !FINAL_STATES.includes(state) && state !== 'pending');
  return (await useCases.records.list({ account: id, states, limit: 1 })).length > 0;
}

function isBlind({ care }: Account, { clock, rules }: CareDeps): boolean {
  const last = Date.parse(care.health.checkedAt ?? care.health.since);
  return clock.now().getTime() - last > BLIND_PERIODS * rules.checkEveryMs;
}

function accepted(found: Examined): Examined {
  return found.state === 'drifted' ? { ...found, state: 'healthy', says: [] } : found;
}

async function postpone(account: Account, deps: CareDeps): Promise<Account> {
  const checkAt = after(deps.clock.now().toISOString(), RETRY_MS);
  return deps.useCases.records.updateAccount(account.id, (current) => ({
    account: { ...current, care: { ...current.care, checkAt } },
    events: [],
  }));
}

function keep(account: Account, found: Examined, deps: CareDeps): Promise<Account> {
  const at = deps.clock.now().toISOString();
  const { state, says, verification } = found;
  return deps.useCases.records.updateAccount(account.id, (current) => {
    const { health } = current.care;
    const changed = health.state !== state || health.says.join('\n') !== says.join('\n');
    const next: Health = { state, says, since: changed ? at : health.since, checkedAt: at };
    // What has drifted is held against what was right, until its owner says that this is.
    const isRight = state === 'healthy' || state === 'expiring';
    return {
      account: {
        ...current,
        verification: isRight && verification !== undefined ? verification : current.verification,
        care: { ...current.care, health: next, checkAt: after(at, spread(current, deps)) },
      },
      events: changed ? [eventOf(current, 'account-checked', { state, says })] : [],
    };
  });
}

/** The period, a little longer or shorter for each account, so that they do not come all at once. */
function spread({ id }: Account, { rules }: CareDeps): number {
  const share = createHash('sha256').update(id).digest().readUInt16BE(0) / 0xff_ff;
  return Math.round(rules.checkEveryMs * (0.9 + share / 5));
}
