import type { Clock } from '../../src/lib/clock.ts';

export interface DrivenClock extends Clock {
  forward(ms: number): void;
}

/** Ticks like the real one, and can be moved ahead. A clock that stood still would starve all pacing. */
export function drivenClock(): DrivenClock {
  let ahead = 0;
  return {
    now: () => new Date(Date.now() + ahead),
    forward(ms) {
      ahead += ms;
    },
  };
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
