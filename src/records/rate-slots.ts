import { sql } from 'kysely';

import { asking } from './database-error.ts';
import type { Database } from './tables.ts';

/**
 * A token bucket as one number, "when would it be empty again" (GCRA). One statement reads and
 * moves it, so any number of processes line up without a lock.
 */
export async function reserveSlot(
  db: Database,
  bucket: string,
  everyMs: number,
  burst: number,
  now: string,
  patienceMs = Number.MAX_SAFE_INTEGER,
): Promise<string> {
  const nowMs = Date.parse(now);
  const interval = Math.ceil(everyMs);
  const latest = Math.min(nowMs + patienceMs + burst * interval, Number.MAX_SAFE_INTEGER);
  const next = sql<number>`greatest(rate_slot.empty_at_ms, ${nowMs}::bigint) + ${interval}::bigint`;
  const reserved = await asking(() =>
    db
      .insertInto('rate_slot')
      .values({ bucket, empty_at_ms: nowMs + interval })
      .onConflict((conflict) =>
        conflict
          .column('bucket')
          .doUpdateSet({ empty_at_ms: next })
          .where(sql<boolean>`${next} <= ${latest}::bigint`),
      )
      .returning('empty_at_ms')
      .executeTakeFirst(),
  );
  const emptyAt = reserved?.empty_at_ms ?? (await afterNext(db, bucket, nowMs, interval));
  return new Date(Math.max(nowMs, Number(emptyAt) - burst * interval)).toISOString();
}

/** When the bucket would be empty again, had the next slot been taken. */
async function afterNext(db: Database, bucket: string, nowMs: number, interval: number) {
  const row = await asking(() =>
    db
      .selectFrom('rate_slot')
      .select('empty_at_ms')
      .where('bucket', '=', bucket)
      .executeTakeFirstOrThrow(),
  );
  return Math.max(Number(row.empty_at_ms), nowMs) + interval;
}
