import { sql } from 'kysely';
import type { SelectQueryBuilder } from 'kysely';

import type { Account } from '../domain/account.ts';
import { ProductError } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import { asking } from './database-error.ts';
import type { AccountChange, AccountCount, AccountFilter, Records } from './records.ts';
import { accountSchema, parseRow } from './schema.ts';
import type { Database, Tables } from './tables.ts';
import { writeAccount, writeAudit } from './write-change.ts';

type AccountRecords = Pick<
  Records,
  'findAccount' | 'listAccounts' | 'countAccounts' | 'dueAccounts' | 'updateAccount'
>;

const PAGE = 50;

export function createAccountRecords(db: Database, clock: Clock): AccountRecords {
  return {
    async findAccount(id) {
      const row = await asking(() => accountQuery(db, id).executeTakeFirst());
      return row === undefined ? undefined : toAccount(row);
    },
    listAccounts: async (filter) =>
      (await asking(() => accountsQuery(db, filter).execute())).map(toAccount),
    countAccounts: () => asking(() => countAccounts(db)),
    dueAccounts: async (now, limit) =>
      (await asking(() => dueAccountsQuery(db, now, limit).execute())).map(({ id }) => id),
    updateAccount: (id, change) => asking(() => updateAccount(db, clock, id, change)),
  };
}

/** Whoever changes an account holds its row, so that no change is lost and none has to be repeated. */
function updateAccount(
  db: Database,
  clock: Clock,
  id: string,
  change: (current: Account) => AccountChange | undefined,
): Promise<Account> {
  return db.transaction().execute(async (transaction) => {
    const row = await accountQuery(transaction, id).forUpdate().executeTakeFirst();
    if (row === undefined) {
      throw new ProductError('not-found', { subject: id, message: `There is no account ${id}.` });
    }
    const current = toAccount(row);
    const wanted = change(current);
    if (wanted === undefined) return current;
    const account = { ...wanted.account, version: current.version + 1 };
    await writeAccount(transaction, account);
    await writeAudit(transaction, clock, wanted.events);
    return account;
  });
}

function accountQuery(db: Database, id: string) {
  return db.selectFrom('account').select(['id', 'body']).where('id', '=', id);
}

/** Newest first. */
export function accountsQuery(db: Database, filter: AccountFilter) {
  let query: SelectQueryBuilder<Tables, 'account', { id: string; body: unknown }> = db
    .selectFrom('account')
    .select(['id', 'body']);
  if (filter.state !== undefined) query = query.where('state', '=', filter.state);
  if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind);
  if (filter.connection !== undefined) query = query.where('connection', '=', filter.connection);
  if (filter.health !== undefined) query = query.where('health', '=', filter.health);
  if (filter.login !== undefined) {
    query = query.where(sql<boolean>`lower(body->>'login') = ${filter.login.toLowerCase()}`);
  }
  if (filter.person !== undefined) {
    query = query.where(sql<boolean>`people @> ARRAY[${filter.person}]`);
  }
  if (filter.before !== undefined) {
    query = query.where(
      sql<boolean>`(created_at, id) < (SELECT created_at, id FROM account WHERE id = ${filter.before})`,
    );
  }
  return query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit ?? PAGE);
}

export function dueAccountsQuery(db: Database, now: string, limit: number) {
  return db
    .selectFrom('account')
    .select('id')
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .limit(limit);
}

async function countAccounts(db: Database): Promise<AccountCount[]> {
  const rows = await db
    .selectFrom('account')
    .select(['state', 'kind', 'health', sql<string>`count(*)`.as('count')])
    .groupBy(['state', 'kind', 'health'])
    .execute();
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}

function toAccount(row: { readonly id: string; readonly body: unknown }): Account {
  return parseRow(accountSchema, row.body, row.id);
}
