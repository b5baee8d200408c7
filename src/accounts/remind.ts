import { changeCare, eventOf } from './change-care.ts';
import { isBeingChanged } from './check.ts';
import type { Activity } from './deps.ts';
import { nextReminder } from './due.ts';

/** Tells people that the credential has to be renewed; who they are follows from how near it is. */
export const remindWhenDue: Activity = async (account, deps) => {
  const now = deps.clock.now().toISOString();
  const next = nextReminder(account);
  if (next === undefined || next.at > now) return account;
  // Whoever renews it already need not be told to.
  if (await isBeingChanged(account, deps)) return account;
  // After a long silence only the nearest reminder is worth sending.
  const days = nearest(account, now);
  return changeCare(
    account,
    deps,
    ({ care }) => ({
      reminder: { ...care.reminder, sentDays: days, snoozedUntil: null, reason: null },
    }),
    [eventOf(account, 'owner-reminded', { days, rotateAt: account.rotateAt })],
  );
};

function nearest(account: Parameters<typeof nextReminder>[0], now: string): number {
  let current = account;
  for (;;) {
    const next = nextReminder(current);
    const { reminder } = current.care;
    if (next === undefined || next.at > now) return reminder.sentDays ?? 0;
    current = {
      ...current,
      care: { ...current.care, reminder: { ...reminder, sentDays: next.days, snoozedUntil: null } },
    };
  }
}
