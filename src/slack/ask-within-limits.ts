import { createTogether } from './ask-together.ts';
import type { Pace, PacedMethod } from './pace.ts';

type Ask = <T>(method: PacedMethod, key: string, call: () => Promise<T>) => Promise<T>;

/** Asks Slack anew each time, in its turn; those who ask the same at the same time share an answer. */
export function createAsking(pace: Pace): Ask {
  const together = createTogether();
  return (method, key, call) =>
    together(key, async () => {
      await pace.turn(method, '');
      return call();
    });
}
