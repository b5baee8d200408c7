import type { Account } from '../../domain/account.ts';
import { day, join, say, words } from '../text.ts';
import type { Markup } from '../text.ts';

interface Due {
  readonly at: string;
  readonly what: string;
  readonly account: Account;
}

const MOST = 5;

/** What comes next for these accounts, the soonest first; undefined when nothing does. */
export function nextDates(accounts: readonly Account[]): Markup | undefined {
  const soonest = accounts
    .flatMap((account) => datesOf(account))
    .toSorted((a, b) => (a.at < b.at ? -1 : 1))
    .slice(0, MOST)
    .map(
      ({ at, what, account }) =>
        say`• ${day(at)}: ${what} of ${account.id}, ${words(account.address, 120)}`,
    );
  return soonest.length === 0 ? undefined : join(soonest);
}

function datesOf(account: Account): Due[] {
  const { rotateAt, verification, care } = account;
  const due = (at: string | null, what: string): Due[] =>
    at === null ? [] : [{ at, what, account }];
  return [
    ...due(rotateAt, 'renewal'),
    ...due(verification.expiresAt, 'end of the credential'),
    ...due(care.review.dueAt, 'review'),
  ];
}
