import { randomBytes } from 'node:crypto';

import { Client } from 'pg';
import { inject } from 'vitest';

import { TEMPLATE } from './global-setup.ts';

export interface FreshDatabase {
  readonly url: string;
  /** Runs SQL past the product, e.g. to look or to tamper. */
  query<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/** A migrated database of one's own; `template0` instead for an empty one. */
export async function freshDatabase(template: string = TEMPLATE): Promise<FreshDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  // The faster way where writes need not reach the disk.
  await onServer(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`);
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${name}`;
  return {
    url: url.href,
    query: (sql, values) => ask(url.href, sql, values),
    close: () => onServer(`DROP DATABASE ${name} WITH (FORCE)`).then(() => undefined),
  };
}

async function onServer(sql: string): Promise<unknown[]> {
  return ask(inject('databaseUrl'), sql);
}

async function ask<Row>(
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
