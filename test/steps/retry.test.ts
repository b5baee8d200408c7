import { describe, expect, it } from 'vitest';

import { ProductError } from '../../src/domain/errors.ts';
import type { ErrorCode } from '../../src/domain/errors.ts';
import { reactTo } from '../../src/steps/retry.ts';
import { failure } from './step-builders.ts';

/** How many failures in a row end the step; every code has its place here. */
const TRIES: Readonly<Record<ErrorCode, number>> = {
  timeout: 8,
  unreachable: 8,
  unavailable: 8,
  'unexpected-answer': 4,
  conflict: 5,
  internal: 3,
  'rate-limited': Infinity,
  unauthenticated: 1,
  'missing-permission': 1,
  'not-found': 1,
  exists: 1,
  'name-taken': 1,
  'limit-reached': 1,
  refused: 1,
  'invalid-input': 1,
  'invalid-config': 1,
  'verification-failed': 1,
  'secret-exposed': 1,
};

function triesOf(code: ErrorCode): number {
  const most = 50;
  for (let attempts = 1; attempts <= most; attempts += 1) {
    if (reactTo(failure(code), attempts).kind === 'stop') return attempts;
  }
  return Infinity;
}

describe('The reaction to a failure', () => {
  it.each(Object.entries(TRIES) as [ErrorCode, number][])(
    'to "%s" is to stop at try %d',
    (code, tries) => {
      const found = triesOf(code);

      expect(found).toBe(tries);
    },
  );

  it('waits twice as long each time, at most five minutes', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7].map((attempts) => reactTo(failure('timeout'), attempts));

    expect(waits).toEqual(
      [2, 4, 8, 16, 32, 64, 128].map((seconds) => ({
        kind: 'again',
        afterMs: seconds * 1000,
        counts: true,
      })),
    );
  });

  it.each([
    [90_000, 90_000],
    [86_400_000, 3_600_000],
    [undefined, 2000],
  ])('to being asked to wait %s ms is to wait %s ms, and uses up no try', (asked, afterMs) => {
    const error = new ProductError('rate-limited', {
      subject: 'GitLab',
      message: 'Slow down.',
      ...(asked === undefined ? {} : { retryAfterMs: asked }),
    });

    const reaction = reactTo(error, 1000);

    expect(reaction).toEqual({ kind: 'again', afterMs, counts: false });
  });
});
