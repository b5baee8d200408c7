import type { CareDeps, CareRules } from '../../src/accounts/deps.ts';
import { createLog } from '../../src/lib/log.ts';
import type { UseCaseDeps } from '../../src/requests/deps.ts';
import type { Directory } from '../../src/requests/requests.ts';

const DAY_MS = 86_400_000;

/** Care by the usual rules, for those who run it themselves. */
export function careOf(
  useCases: UseCaseDeps,
  directory: Directory,
  rules: Partial<CareRules> = {},
): CareDeps {
  return {
    useCases,
    directory,
    rules: {
      checkEveryMs: DAY_MS,
      reviewEveryMs: 91 * DAY_MS,
      answerWithinMs: 7 * DAY_MS,
      destroyAfterMs: 30 * DAY_MS,
      rotateByItself: false,
      silentReview: 'keep',
      ...rules,
    },
    clock: useCases.clock,
    log: createLog('silent'),
    wishCare: async () => undefined,
  };
}
