import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import type { Records } from '../../src/records/records.ts';
import { openRecords } from '../../src/records/open-records.ts';
import { freshDatabase } from './database.ts';

/** Records with a time of their own, so that several worlds can go on beside each other. */
export interface Lane {
  readonly records: Records;
  readonly clock: { now: () => Date; set(ms: number): void };
}

export interface Lanes {
  readonly all: readonly [Lane, ...Lane[]];
  /**
   * Runs the play for `first` and all that follow until it says that there is nothing behind this number; returns which
   * that is. Several at a time: most of it is waiting for answers.
   */
  forEvery(
    play: (position: number, lane: Lane) => Promise<'more' | 'enough'>,
    first?: number,
  ): Promise<number>;
  /** Of everything that happened in all lanes; undefined when the chain holds. */
  verifyAudit(): Promise<unknown>;
  close(): Promise<void>;
}

const BESIDE_EACH_OTHER = 3;
const CLEAN_UP_EVERY = 4;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

export async function openLanes(count = BESIDE_EACH_OTHER): Promise<Lanes> {
  const database = await freshDatabase();
  const lanes = [
    await openLane(database.url),
    ...(await Promise.all(Array.from({ length: count - 1 }, () => openLane(database.url)))),
  ] as const;

  async function forEvery(
    play: (position: number, lane: Lane) => Promise<'more' | 'enough'>,
    first = 0,
  ) {
    let next = first;
    let end = Infinity;
    await Promise.all(
      lanes.map(async (lane) => {
        while (next < end) {
          const position = next;
          next += 1;
          // Every text is searched for all living secrets, and each world leaves many behind.
          if (position % CLEAN_UP_EVERY === 0) collectGarbage();
          if ((await play(position, lane)) === 'enough') end = Math.min(end, position);
        }
      }),
    );
    return end;
  }

  return {
    all: lanes,
    forEvery,
    verifyAudit: async () => lanes[0].records.audit.verify(),
    async close() {
      await Promise.all(lanes.map(({ records }) => records.close()));
      await database.close();
    },
  };
}

async function openLane(url: string): Promise<Lane> {
  let ms = Date.now();
  const clock = {
    now: () => new Date(ms),
    set(to: number) {
      ms = to;
    },
  };
  return { records: await openRecords({ url, clock, maxConnections: 4 }), clock };
}
