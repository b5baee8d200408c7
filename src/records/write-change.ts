import { sql } from 'kysely';
import type { Kysely, RawBuilder } from 'kysely';

import type { Account } from '../domain/account.ts';
import { accountIdOf } from '../domain/operation.ts';
import type { Clock } from '../lib/clock.ts';
import { toEntry } from './audit.ts';
import type { Change } from './records.ts';
import { toSafeJson } from './refuse-secrets.ts';
import { accountSchema, parseRow } from './schema.ts';
import type { Tables } from './tables.ts';

/**
 * Writes a change in one statement: one round trip and one commit, and the lock under which audit
 * entries line up is held no longer than that. `request` is the INSERT or UPDATE of the request's
 * row; when it touches no row, nothing at all is written and this returns false.
 */
export async function writeChange(
  db: Kysely<Tables>,
  clock: Clock,
  change: Change,
  request: RawBuilder<unknown>,
): Promise<boolean> {
  return change.changeAccount === undefined
    ? writeAtOnce(db, clock, change, request)
    : writeWithAccount(db, clock, change, change.changeAccount, request);
}

async function writeAtOnce(
  db: Kysely<Tables>,
  clock: Clock,
  { account, events }: Change,
  request: RawBuilder<unknown>,
): Promise<boolean> {
  const entries = events.map((event) => toEntry(event, clock));
  const parts = [
    sql`written AS (${request} RETURNING id)`,
    ...(account === undefined ? [] : [accountPart(account)]),
    ...(entries.length === 0 ? [] : [auditPart(entries)]),
  ];
  const statement = sql`WITH ${sql.join(parts)} SELECT id FROM written`;
  return db.connection().execute(async (connection) => {
    try {
      return (await statement.execute(connection)).rows.length > 0;
    } catch (error) {
      // A connection that the server has ended shows it when it is used again: here, to nobody else.
      await sql`SELECT 1`.execute(connection).catch(() => undefined);
      throw error;
    }
  });
}

/** The account may be changed by its care at the same time, so its row is held while this is written. */
function writeWithAccount(
  db: Kysely<Tables>,
  clock: Clock,
  { request: changed, events }: Change,
  changeAccount: (current: Account) => Account,
  request: RawBuilder<unknown>,
): Promise<boolean> {
  const account = accountIdOf(changed);
  return db.transaction().execute(async (transaction) => {
    const row = await transaction
      .selectFrom('account')
      .select('body')
      .where('id', '=', account)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const { rows } = await sql`${request} RETURNING id`.execute(transaction);
    if (rows.length === 0) return false;
    const current = parseRow(accountSchema, row.body, account);
    await writeAccount(transaction, { ...changeAccount(current), version: current.version + 1 });
    await writeAudit(transaction, clock, events);
    return true;
  });
}

export async function writeAccount(db: Kysely<Tables>, account: Account): Promise<void> {
  const body = toSafeJson(account, account.id);
  await db
    .updateTable('account')
    .set({ state: account.state, body })
    .where('id', '=', account.id)
    .execute();
}

export async function writeAudit(
  db: Kysely<Tables>,
  clock: Clock,
  events: Change['events'],
): Promise<void> {
  // One after another: the table numbers them in this order.
  for (const event of events) {
    await db
      .insertInto('audit')
      .values({ entry: toEntry(event, clock) })
      .execute();
  }
}

function accountPart(account: Account): RawBuilder<unknown> {
  const body = toSafeJson(account, account.id);
  return sql`account_written AS (
    INSERT INTO account (id, state, body)
    SELECT ${account.id}::text, ${account.state}::text, ${body}::jsonb FROM written
    ON CONFLICT (id) DO UPDATE SET state = excluded.state, body = excluded.body)`;
}

function auditPart(entries: readonly string[]): RawBuilder<unknown> {
  return sql`audit_written AS (
    INSERT INTO audit (entry)
    SELECT line.entry FROM written, unnest(${[...entries]}::text[]) WITH ORDINALITY AS line (entry, n)
    ORDER BY line.n)`;
}

/** `a = 1, b = 2`, or the two lists of an INSERT. */
export function assignments(columns: object): RawBuilder<unknown> {
  return sql.join(Object.entries(columns).map(([name, value]) => sql`${sql.ref(name)} = ${value}`));
}

export function namesAndValues(columns: object): RawBuilder<unknown> {
  const names = sql.join(Object.keys(columns).map((name) => sql.ref(name)));
  return sql`(${names}) VALUES (${sql.join(Object.values(columns))})`;
}
