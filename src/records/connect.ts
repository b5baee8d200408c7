import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';

import type { Database, Tables } from './tables.ts';

// A database that hangs must become an error before Slack's and the queue's patience ends.
const CONNECT_MS = 10_000;
const STATEMENT_MS = 20_000;
const KEEP_ALIVE_MS = 10_000;

/** A pool of connections and the query builder on it; `pool.end()` lets go of both. */
export function connectDatabase(
  url: string,
  max: number,
  statementMs = STATEMENT_MS,
): { db: Database; pool: Pool } {
  const pool = openPool(url, max, statementMs);
  return { db: new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }), pool };
}

export function openPool(url: string, max: number, statementMs = STATEMENT_MS): Pool {
  const pool = new Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: statementMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    application_name: 'flow-service-accounts',
  });
  // A connection that drops fails its query, or is replaced by the next one. The driver reports it
  // a second time as an event which, unheard, would end the process: idle ones here, lent ones there.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
