import { setImmediate as turn } from 'node:timers/promises';

export interface GiveWay {
  /** Something has come from Slack. */
  arrived(): void;
  /** To be waited for between an acknowledgement and the work behind it. */
  toOthers(): Promise<void>;
}

// Slack's triggers live for three seconds: work must not wait for a crowd that never ends.
const MOST_TURNS = 20;

/**
 * When many interactions come at once, all of them are acknowledged before the work behind any of
 * them begins; one that comes alone waits for a single turn of the event loop.
 */
export function createGiveWay(): GiveWay {
  let count = 0;
  return {
    arrived() {
      count += 1;
    },
    async toOthers() {
      for (let turns = 0; turns < MOST_TURNS; turns += 1) {
        const before = count;
        await turn();
        if (count === before) return;
      }
    },
  };
}
