import type { Pool, PoolClient } from 'pg';

import { asking } from './database-error.ts';

// Advisory locks with two numbers are apart from those with one, which BullMQ and Kysely use.
const NAMESPACE = 7_305_513;

/**
 * Runs `work` under an advisory lock of the database, on a connection of its own. The lock dies
 * with the connection; `lost` then tells the work, which must not begin anything more.
 */
export async function runExclusively<T>(
  pool: Pool,
  requestId: string,
  work: (lost: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const client = await asking(() => pool.connect());
  const lost = new AbortController();
  const onError = (): void => lost.abort();
  client.on('error', onError);
  try {
    if (!(await asking(() => takeLock(client, requestId)))) return undefined;
    return await work(lost.signal);
  } finally {
    await giveBack(client, requestId);
    client.off('error', onError);
  }
}

async function takeLock(client: PoolClient, requestId: string): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(
    'SELECT pg_try_advisory_lock($1, hashtext($2)) AS taken',
    [NAMESPACE, requestId],
  );
  return rows[0]?.taken === true;
}

async function giveBack(client: PoolClient, requestId: string): Promise<void> {
  try {
    await client.query('SELECT pg_advisory_unlock($1, hashtext($2))', [NAMESPACE, requestId]);
    client.release();
  } catch {
    // A connection in doubt is thrown away, and the lock with it.
    client.release(true);
  }
}
