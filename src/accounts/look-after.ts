import type { Account } from '../domain/account.ts';
import { changeCare } from './change-care.ts';
import { checkWhenDue } from './check.ts';
import { destroyWhenDue } from './destroy.ts';
import type { Activity, CareDeps } from './deps.ts';
import { after, nextDue } from './due.ts';
import { handOverWhenOwnerIsGone } from './hand-over.ts';
import { refreshPage } from './refresh-page.ts';
import { remindWhenDue } from './remind.ts';
import { reviewWhenDue } from './review.ts';
import { rotateWhenDue } from './rotate-by-itself.ts';

const OF_ACTIVE: readonly Activity[] = [
  handOverWhenOwnerIsGone,
  refreshPage,
  checkWhenDue,
  rotateWhenDue,
  remindWhenDue,
  reviewWhenDue,
];
const OF_CLOSED: readonly Activity[] = [destroyWhenDue];

const RETRY_MS = 15 * 60_000;

/**
 * Does what is due for an account, and notes when something is due again. Safe to run at any time,
 * twice, or after a crash; undefined when somebody else is just doing it.
 */
export function lookAfter(id: string, deps: CareDeps): Promise<Account | undefined> {
  return deps.useCases.records.exclusively(`care ${id}`, async () => {
    const account = await deps.useCases.records.findAccount(id);
    if (account === undefined) return undefined;
    return doWhatIsDue(await withFirstDates(account, deps), deps);
  });
}

async function doWhatIsDue(account: Account, deps: CareDeps): Promise<Account> {
  let current = account;
  try {
    for (const activity of account.state === 'active' ? OF_ACTIVE : OF_CLOSED) {
      current = await activity(current, deps);
    }
  } catch (error) {
    // Later than the next sweep, so that one account in trouble does not take up every sweep.
    const dueAt = after(deps.clock.now().toISOString(), RETRY_MS);
    await changeCare(current, deps, () => ({ dueAt }));
    throw error;
  }
  const dueAt = nextDue(current, deps.rules);
  return current.care.dueAt === dueAt ? current : changeCare(current, deps, () => ({ dueAt }));
}

/** A new account, or one that has just been rotated, gets its dates by today's rules. */
async function withFirstDates(account: Account, deps: CareDeps): Promise<Account> {
  const { care } = account;
  if (account.state === 'closed' || (care.checkAt !== null && care.review.dueAt !== null)) {
    return account;
  }
  const now = deps.clock.now().toISOString();
  return changeCare(account, deps, (current) => ({
    checkAt: current.care.checkAt ?? after(now, deps.rules.checkEveryMs),
    review: {
      ...current.care.review,
      dueAt: current.care.review.dueAt ?? after(now, deps.rules.reviewEveryMs),
    },
  }));
}
