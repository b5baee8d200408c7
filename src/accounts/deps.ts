import type { Account } from '../domain/account.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { UseCaseDeps } from '../requests/deps.ts';
import type { Directory } from '../requests/requests.ts';

/** How accounts are looked after; times in milliseconds. */
export interface CareRules {
  readonly checkEveryMs: number;
  readonly reviewEveryMs: number;
  /** How long somebody has for an answer before others are asked. */
  readonly answerWithinMs: number;
  readonly destroyAfterMs: number;
  /** Are credentials rotated without being asked where nobody has to do anything? */
  readonly rotateByItself: boolean;
  /** What happens when nobody answers a review. */
  readonly silentReview: 'keep' | 'close';
}

export interface CareDeps {
  readonly useCases: UseCaseDeps;
  readonly directory: Directory;
  readonly rules: CareRules;
  readonly clock: Clock;
  readonly log: Log;
  /** Wishes that the account is looked at soon; losing one is harmless. Never throws. */
  wishCare(account: string): Promise<void>;
}

/** One thing that may be due; returns the account as it is afterwards. */
export type Activity = (account: Account, deps: CareDeps) => Promise<Account>;
