import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client } from 'pg';

import type { Closeable } from '../src/lib/adapter.ts';
import { createLog } from '../src/lib/log.ts';
import { startEmbeddedPostgres } from '../src/records/embedded-postgres.ts';
import { migrate } from '../src/records/migrate.ts';
import { findRedis } from '../test/support/redis-server.ts';

/** What the figures stand on: a PostgreSQL with its usual durability, and a Redis if there is one. */
export interface Services extends Closeable {
  /** Undefined: figures that need Redis are left out. */
  readonly redisUrl: string | undefined;
  /** A migrated database of one's own. */
  database(): Promise<string>;
}

// Four worker processes want more connections than the one process the server is made for.
const SETTINGS = { max_connections: '300' };

export async function openServices(): Promise<Services> {
  const dataDir = await mkdtemp(join(tmpdir(), 'flow-bench-'));
  // Passable, so that a server which may not run as root finds its files.
  await chmod(dataDir, 0o755);
  const log = createLog('silent');
  const postgres = await startEmbeddedPostgres({ dataDir, log, settings: SETTINGS });
  const redis = await findRedis();
  return {
    redisUrl: redis?.url,
    async database() {
      const name = `bench_${randomBytes(6).toString('hex')}`;
      await query(postgres.url, `CREATE DATABASE ${name}`);
      const url = new URL(postgres.url);
      url.pathname = `/${name}`;
      await migrate(url.href);
      return url.href;
    },
    async close() {
      await redis?.close();
      await postgres.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export async function query<Row>(
  connectionString: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(sql, [...values])).rows as Row[];
  } finally {
    await client.end();
  }
}
