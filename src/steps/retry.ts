import { isAmbiguous } from '../domain/errors.ts';
import type { ErrorCode, ProductError } from '../domain/errors.ts';

export type Reaction =
  /** Try again after this long; `counts` tells whether it uses up a try. */
  | { readonly kind: 'again'; readonly afterMs: number; readonly counts: boolean }
  /** Trying again will not help: people must look. */
  | { readonly kind: 'stop' };

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 5 * 60_000;
const LONGEST_RATE_LIMIT_MS = 60 * 60_000;

/** How many failures in a row are tolerated; a code that is not here stops at once. */
const TRIES: Partial<Record<ErrorCode, number>> = {
  timeout: 8,
  unreachable: 8,
  unavailable: 8,
  'unexpected-answer': 4,
  conflict: 5,
  internal: 3,
};

/** The one place that decides what a failure leads to. `attempts` counts this one. */
export function reactTo(error: ProductError, attempts: number): Reaction {
  if (error.code === 'rate-limited') {
    const wait = Math.min(error.retryAfterMs ?? FIRST_WAIT_MS, LONGEST_RATE_LIMIT_MS);
    return { kind: 'again', afterMs: wait, counts: false };
  }
  if (attempts >= (TRIES[error.code] ?? 1)) return { kind: 'stop' };
  const base = isAmbiguous(error) ? FIRST_WAIT_MS : FIRST_WAIT_MS / 2;
  const wait = Math.min(base * 2 ** (attempts - 1), LONGEST_WAIT_MS);
  return { kind: 'again', afterMs: wait, counts: true };
}
