import { setTimeout as wait } from 'node:timers/promises';

import { ProductError } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import { randomId } from '../lib/random.ts';
import type { LocalVault, SealedRow } from './store.ts';

const LOOKS = 40;
const BETWEEN_LOOKS_MS = 50;

/**
 * Lets one writer of a name work at a time, across processes, for stores that add a version
 * without asking. A turn is a row of our own database that ends by itself after `lastsMs`, so a
 * crash blocks a name only that long.
 * @throws ProductError `unavailable` when somebody else keeps the turn
 */
export async function inTurn<T>(
  table: LocalVault,
  clock: Clock,
  name: string,
  lastsMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const mine = randomId();
  const key = `turn ${name}`;
  await take(table, clock, { key, mine, lastsMs });
  try {
    return await work();
  } finally {
    await giveBack(table, key, mine);
  }
}

interface Turn {
  readonly key: string;
  readonly mine: string;
  readonly lastsMs: number;
}

async function take(table: LocalVault, clock: Clock, turn: Turn): Promise<void> {
  for (let look = 0; look < LOOKS; look += 1) {
    if (look > 0) await wait(BETWEEN_LOOKS_MS);
    if (await table.insert(rowOf(clock, turn, 1))) return;
    const held = await table.find(turn.key);
    if (held === undefined || !isOver(held, clock)) continue;
    if (await table.replace(rowOf(clock, turn, held.version + 1), held.version)) return;
  }
  throw new ProductError('unavailable', {
    subject: turn.key.replace('turn ', ''),
    message:
      'Another process of this app is writing the same secret at the moment. It will be tried again.',
  });
}

/** The row of a turn carries no secret: `sealed` tells whose it is. */
function rowOf(clock: Clock, { key, mine, lastsMs }: Turn, version: number): SealedRow {
  const until = new Date(clock.now().getTime() + lastsMs).toISOString();
  return { name: key, version, keyId: 'turn', sealed: mine, meta: { until } };
}

function isOver({ meta }: SealedRow, clock: Clock): boolean {
  return Date.parse(meta['until'] ?? '') <= clock.now().getTime();
}

async function giveBack(table: LocalVault, key: string, mine: string): Promise<void> {
  try {
    if ((await table.find(key))?.sealed === mine) await table.remove(key);
  } catch {
    // It ends by itself; what was done in it counts.
  }
}
