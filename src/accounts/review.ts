import type { Account, Care } from '../domain/account.ts';
import { operate } from '../requests/operate.ts';
import { changeCare, eventOf } from './change-care.ts';
import type { Activity, CareDeps } from './deps.ts';
import { after } from './due.ts';
import { theApp } from './the-app.ts';

/** Owner, then second owner, then the approvers; then the rule for silence. */
const LAST_ESCALATION = 3;

/** Asks the owner from time to time whether the account is still needed. */
export const reviewWhenDue: Activity = async (account, deps) => {
  const { review } = account.care;
  const now = deps.clock.now().toISOString();
  if (review.askedAt === null) return ask(account, now, deps);
  if (after(review.askedAt, deps.rules.answerWithinMs) > now) return account;
  return review.escalations >= LAST_ESCALATION ? account : escalate(account, now, deps);
};

async function ask(account: Account, now: string, deps: CareDeps): Promise<Account> {
  const { dueAt } = account.care.review;
  if (dueAt === null || dueAt > now) return account;
  return changeReview(account, deps, { askedAt: now, asked: account.owner, escalations: 0 }, [
    eventOf(account, 'review-asked', { asked: account.owner }),
  ]);
}

async function escalate(account: Account, now: string, deps: CareDeps): Promise<Account> {
  const escalations = account.care.review.escalations + 1;
  const escalated = await changeReview(account, deps, { askedAt: now, escalations }, [
    eventOf(account, 'review-escalated', { escalations }),
  ]);
  if (escalations < LAST_ESCALATION || deps.rules.silentReview === 'keep') return escalated;
  await closeForSilence(account, deps);
  return escalated;
}

/** The approvers decide: nothing that is in use ends without anybody. */
async function closeForSilence(account: Account, { useCases, directory }: CareDeps): Promise<void> {
  await operate(
    {
      account: account.id,
      kind: 'close',
      by: theApp(directory.teamId),
      reason: 'Nobody has answered its review.',
      dedupeKey: `silent review ${account.id} ${account.care.review.dueAt ?? ''}`,
    },
    useCases,
    directory.teamId,
  );
}

function changeReview(
  account: Account,
  deps: CareDeps,
  change: Partial<Care['review']>,
  events: Parameters<typeof changeCare>[3],
): Promise<Account> {
  return changeCare(
    account,
    deps,
    ({ care }) => ({ review: { ...care.review, ...change } }),
    events,
  );
}
