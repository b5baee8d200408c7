import { ProductError } from '../../domain/errors.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import { retryAfterMs } from '../../lib/http.ts';
import type { HttpAnswer } from '../../lib/http.ts';
import type { Clock } from '../../lib/clock.ts';
import { errorSchema } from './schema.ts';

export const NAME = 'Google Workspace';

interface Meaning {
  readonly code: ErrorCode;
  readonly message: string;
}

const BUSY = 'Google asks us to slow down.';

/**
 * By Google's reason, because 403 means a quota as well as a missing right.
 * https://developers.google.com/workspace/admin/directory/v1/limits
 */
const REASONS: Readonly<Record<string, Meaning>> = {
  rateLimitExceeded: { code: 'rate-limited', message: BUSY },
  userRateLimitExceeded: { code: 'rate-limited', message: BUSY },
  quotaExceeded: { code: 'rate-limited', message: BUSY },
  dailyLimitExceeded: { code: 'rate-limited', message: BUSY },
  duplicate: { code: 'exists', message: 'Google says that this address exists already.' },
  conditionNotMet: { code: 'unavailable', message: 'Google is still making the user.' },
  failedPrecondition: { code: 'unavailable', message: 'The mailbox is not ready for Gmail yet.' },
  limitExceeded: {
    code: 'limit-reached',
    message: 'A limit is reached: no licence is free, or the mailbox has its 30 aliases.',
  },
  accessNotConfigured: {
    code: 'invalid-config',
    message:
      'In the Google Cloud project of our key an API is switched off. Enable the Admin SDK, and also the Groups Settings and Gmail APIs where they are used.',
  },
  forbidden: {
    code: 'missing-permission',
    message:
      'The administrator whom our key speaks for may not do this. Give that account a role with the rights that the documentation lists, and see that the domain belongs to your Workspace.',
  },
  insufficientPermissions: {
    code: 'missing-permission',
    message: 'Our key lacks a scope for this call. "doctor" lists which.',
  },
};

export function explainGoogle(clock: Clock): (answer: HttpAnswer) => ProductError | undefined {
  return (answer) => {
    const { errors } = errorSchema.safeParse(answer.body).data?.error ?? { errors: [] };
    const meaning = errors.map(({ reason }) => REASONS[reason]).find((each) => each !== undefined);
    if (meaning === undefined) return undefined;
    const { code, message } = meaning;
    const wait =
      code === 'rate-limited' ? { retryAfterMs: retryAfterMs(answer.headers, clock) } : {};
    return new ProductError(code, { subject: NAME, message, ...wait });
  };
}
