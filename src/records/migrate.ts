import { Migrator } from 'kysely/migration';
import type { Migration } from 'kysely/migration';

import { ProductError } from '../domain/errors.ts';
import { connectDatabase } from './connect.ts';
import { asking } from './database-error.ts';
import { firstTables } from './migrations/0001-first-tables.ts';
import { oneLivingAddress } from './migrations/0002-one-living-address.ts';
import { accountsUnderCare } from './migrations/0003-accounts-under-care.ts';
import { measuresAndWorkflows } from './migrations/0010-measures-and-workflows.ts';
import type { Database } from './tables.ts';

/** In order; a published one is never changed, only followed by another. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-first-tables': firstTables,
  '0002-one-living-address': oneLivingAddress,
  '0003-accounts-under-care': accountsUnderCare,
  '0010-measures-and-workflows': measuresAndWorkflows,
};

// A change of a large table takes what it takes, and others wait for it.
const NO_LIMIT = 0;

/**
 * Brings the database up to this version of the app. Processes that start together take turns
 * under Kysely's advisory lock. Returns the names of what was done.
 * @throws ProductError `invalid-config` when a newer version of the app was here
 */
export async function migrate(url: string): Promise<string[]> {
  const { db, pool } = connectDatabase(url, 2, NO_LIMIT);
  try {
    return await asking(async () => {
      await refuseNewer(db);
      const { error, results } = await migratorOf(db).migrateToLatest();
      if (error !== undefined) throw error;
      return (results ?? []).map((result) => result.migrationName);
    });
  } finally {
    await pool.end();
  }
}

/** @throws ProductError `invalid-config` when the database is not at this version of the app */
export async function requireMigrated(db: Database): Promise<void> {
  await refuseNewer(db);
  const all = await migratorOf(db).getMigrations();
  if (all.every((migration) => migration.executedAt !== undefined)) return;
  throw new ProductError('invalid-config', {
    subject: 'database',
    message: 'The database is not prepared for this version. Run `npm run cli -- migrate` first.',
  });
}

async function refuseNewer(db: Database): Promise<void> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === 'kysely_migration')) return;
  const done = await db
    .withTables<{ kysely_migration: { name: string } }>()
    .selectFrom('kysely_migration')
    .select('name')
    .execute();
  const unknown = done.find(({ name }) => MIGRATIONS[name] === undefined);
  if (unknown === undefined) return;
  throw new ProductError('invalid-config', {
    subject: 'database',
    message: `The database was prepared by a newer version of this app (${unknown.name}). Start that version, or restore a backup made before it.`,
  });
}

function migratorOf(db: Database): Migrator {
  return new Migrator({ db, provider: { getMigrations: async () => ({ ...MIGRATIONS }) } });
}
