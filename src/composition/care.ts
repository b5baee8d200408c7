import type { CareDeps, CareRules } from '../accounts/deps.ts';
import { lookAfter } from '../accounts/look-after.ts';
import type { ValidConfig } from '../config/validate.ts';
import type { Account } from '../domain/account.ts';
import { hasCode } from '../domain/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Queue, RunResult } from '../queue/queue.ts';
import type { UseCaseDeps } from '../requests/deps.ts';
import type { Directory } from '../requests/requests.ts';

const BUSY_MS = 1000;
const DEFAULT_WAIT_MS = 30_000;

export function careDeps(
  { accounts }: ValidConfig,
  useCases: UseCaseDeps,
  directory: Directory,
  queue: Queue,
  log: Log,
): CareDeps {
  const rules: CareRules = {
    checkEveryMs: accounts.check_every,
    reviewEveryMs: accounts.review_every,
    answerWithinMs: accounts.answer_within,
    destroyAfterMs: accounts.destroy_secrets_after,
    rotateByItself: accounts.rotate_automatically,
    silentReview: accounts.silent_review,
  };
  async function wishCare(account: string): Promise<void> {
    try {
      await queue.care(account);
    } catch (error) {
      log.warn({ account, err: error }, 'The queue did not take a wish');
    }
  }
  return { useCases, directory, rules, clock: useCases.clock, log, wishCare };
}

/** What the queue's care job does: whatever is due, and then what people are to see of it. */
export function careJob(
  deps: CareDeps,
  show: (account: Account) => Promise<void>,
): (account: string) => Promise<RunResult> {
  return async (id) => {
    try {
      const account = await lookAfter(id, deps);
      if (account === undefined) return { kind: 'again', afterMs: BUSY_MS };
      await show(account);
      return { kind: 'idle' };
    } catch (error) {
      if (!hasCode(error, 'rate-limited')) throw error;
      return { kind: 'again', afterMs: error.retryAfterMs ?? DEFAULT_WAIT_MS };
    }
  };
}
