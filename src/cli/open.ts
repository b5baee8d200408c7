import { resolve } from 'node:path';

import { registries } from '../composition/registries.ts';
import { findConfigFile, readConfig, surroundings } from '../config/load.ts';
import { ConfigError } from '../config/problem.ts';
import type { ValidConfig } from '../config/validate.ts';
import { systemClock } from '../lib/clock.ts';
import type { Closeable } from '../lib/adapter.ts';
import { createLog } from '../lib/log.ts';
import type { Log } from '../lib/log.ts';
import { startEmbeddedPostgres } from '../records/embedded-postgres.ts';
import { migrate } from '../records/migrate.ts';
import { openRecords } from '../records/open-records.ts';
import type { Records } from '../records/records.ts';

/** The configuration of a real installation. @throws ConfigError when there is none */
export function requireConfig(file: string | undefined): ValidConfig {
  const around = surroundings();
  const found = findConfigFile(file, around);
  if (found !== undefined) return readConfig(found, registries, around);
  throw new ConfigError([
    {
      key: '(file)',
      found: 'no config.yml here',
      problem: 'this command needs a configuration',
      example: '--config /etc/flow-service-accounts/config.yml',
    },
  ]);
}

/** Terminal commands log to standard error, so that their output can be piped. */
export function quietLog(): Log {
  return createLog('warn', process.stderr);
}

/** Opens the records for one command and closes everything after it. */
export async function withRecords<T>(
  config: ValidConfig,
  work: (records: Records) => Promise<T>,
): Promise<T> {
  const opened: Closeable[] = [];
  try {
    const url = await databaseUrl(config, opened);
    const records = await openRecords({ url, clock: systemClock, maxConnections: 2 });
    opened.push(records);
    return await work(records);
  } finally {
    for (const part of opened.toReversed()) await part.close();
  }
}

export async function databaseUrl(config: ValidConfig, opened: Closeable[]): Promise<string> {
  const configured = config.database_url?.reveal();
  if (configured !== undefined) return configured;
  const embedded = await startEmbeddedPostgres({
    dataDir: resolve(config.data_dir),
    log: quietLog(),
  });
  opened.push(embedded);
  await migrate(embedded.url);
  return embedded.url;
}
