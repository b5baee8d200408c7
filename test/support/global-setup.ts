import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client } from 'pg';
import type { TestProject } from 'vitest/node';

import { createLog } from '../../src/lib/log.ts';
import { openQueue } from '../../src/queue/open-queue.ts';
import { startEmbeddedPostgres } from '../../src/records/embedded-postgres.ts';
import { migrate } from '../../src/records/migrate.ts';
import { findRedis } from './redis-server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Of the server; every test file makes a database of its own from the template. */
    databaseUrl: string;
    /** Empty when there is no Redis on this machine. */
    redisUrl: string;
  }
}

export const TEMPLATE = 'flow_template';

const PREFIX = 'flow-test-';
const DAY_MS = 86_400_000;

// The data is thrown away: nothing of it needs to survive a power cut, or to be copied elsewhere.
const SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  autovacuum: 'off',
  max_connections: '300',
};

/** One PostgreSQL and one Redis for the whole run; both are gone afterwards. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeOldOnes();
  const dataDir = await mkdtemp(join(tmpdir(), PREFIX));
  // Passable, so that a server which may not run as root finds its files without a detour.
  await chmod(dataDir, 0o755);
  const postgres = await startEmbeddedPostgres({
    dataDir,
    log: createLog('silent'),
    settings: SETTINGS,
  });
  const redis = await findRedis();
  await makeTemplate(postgres.url);
  project.provide('databaseUrl', postgres.url);
  project.provide('redisUrl', redis?.url ?? '');
  return async () => {
    await redis?.close();
    await postgres.close();
    await rm(dataDir, { recursive: true, force: true });
  };
}

async function makeTemplate(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`CREATE DATABASE ${TEMPLATE}`);
  await client.end();
  const template = new URL(url);
  template.pathname = `/${TEMPLATE}`;
  await migrate(template.href);
  const queue = await openQueue({ databaseUrl: template.href }, { log: createLog('silent') });
  await queue.close();
}

/** What runs that were killed have left behind. */
async function removeOldOnes(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const path = join(tmpdir(), name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > DAY_MS) {
      await rm(path, { recursive: true, force: true });
    }
  }
}
