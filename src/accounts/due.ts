import type { Account, Care } from '../domain/account.ts';
import type { CareRules } from './deps.ts';

const DAY_MS = 86_400_000;
/** Days before the renewal is due. */
const RUNGS = [30, 14, 3, 0] as const;

/** When something is due next for an account; null when nothing ever will be. */
export function nextDue(account: Account, rules: CareRules): string | null {
  const { care } = account;
  if (account.state === 'closed') return care.destroyAt;
  const dates = [
    care.checkAt,
    nextReminder(account)?.at ?? null,
    reviewDue(care, rules),
    care.handOver === null ? null : after(care.handOver.askedAt, rules.answerWithinMs),
  ];
  return dates.filter((date) => date !== null).toSorted()[0] ?? null;
}

/** The next reminder that has not gone out: which one, and when. */
export function nextReminder({
  rotateAt,
  rotationDays,
  care: { reminder },
}: Pick<Account, 'rotateAt' | 'rotationDays' | 'care'>):
  | { readonly days: number; readonly at: string }
  | undefined {
  // A reminder in the first half of the period would only be noise.
  const rungs = RUNGS.filter((days) => days <= rotationDays / 2);
  const days = rungs.find((rung) => reminder.sentDays === null || rung < reminder.sentDays);
  if (days === undefined) return undefined;
  const at = new Date(Date.parse(rotateAt) - days * DAY_MS).toISOString();
  const { snoozedUntil } = reminder;
  return { days, at: snoozedUntil !== null && snoozedUntil > at ? snoozedUntil : at };
}

function reviewDue({ review }: Care, rules: CareRules): string | null {
  return review.askedAt === null ? review.dueAt : after(review.askedAt, rules.answerWithinMs);
}

export function after(moment: string, ms: number): string {
  return new Date(Date.parse(moment) + ms).toISOString();
}
