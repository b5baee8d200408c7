import { sql } from 'kysely';
import type { SelectQueryBuilder } from 'kysely';

import { FINAL_STATES } from '../domain/request.ts';
import type { RequestFilter } from './records.ts';
import { purposeKey } from './request-rows.ts';
import type { Database, Tables } from './tables.ts';

const PAGE = 50;

/** Newest first. */
export function listQuery(db: Database, filter: RequestFilter) {
  let query: SelectQueryBuilder<Tables, 'request', { id: string; body: unknown }> = db
    .selectFrom('request')
    .select(['id', 'body']);
  if (filter.states !== undefined) {
    query = query.where(sql<boolean>`state = ANY(${[...filter.states]})`);
  }
  if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind);
  if (filter.connection !== undefined) query = query.where('connection', '=', filter.connection);
  if (filter.address !== undefined) query = query.where('address', '=', filter.address);
  if (filter.account !== undefined) query = query.where('account', '=', filter.account);
  if (filter.person !== undefined) {
    query = query.where(sql<boolean>`people @> ARRAY[${filter.person}]`);
  }
  if (filter.before !== undefined) {
    query = query.where(
      sql<boolean>`(created_at, id) < (SELECT created_at, id FROM request WHERE id = ${filter.before})`,
    );
  }
  return query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit ?? PAGE);
}

export function dueQuery(db: Database, now: string, limit: number) {
  return db
    .selectFrom('request')
    .select('id')
    .where('resume_at', '<=', new Date(now))
    .orderBy('resume_at')
    .limit(limit);
}

export function overdueQuery(db: Database, now: string, limit: number) {
  return db
    .selectFrom('request')
    .select('id')
    .where('state', '=', sql.lit('pending'))
    .where('expires_at', '<=', new Date(now))
    .orderBy('expires_at')
    .limit(limit);
}

/** Expired ones are left to `overdueQuery`. */
export function toRemindQuery(db: Database, now: string, limit: number) {
  return db
    .selectFrom('request')
    .select('id')
    .where('state', '=', sql.lit('pending'))
    .where('remind_at', '<=', new Date(now))
    .where('expires_at', '>', new Date(now))
    .orderBy('remind_at')
    .limit(limit);
}

/** The request that is not over and has this address; the table itself allows only one. */
export function livingAtQuery(db: Database, address: string) {
  return db
    .selectFrom('request')
    .select('id')
    .where('address', '=', address)
    .where('state', 'not in', [...FINAL_STATES]);
}

/** Not over yet, or done with an account that is still in use. */
export function similarQuery(db: Database, address: string, purpose: string) {
  return db
    .selectFrom('request')
    .select(['request.id', 'request.body'])
    .where((where) =>
      where.or([
        where('request.address', '=', address),
        where('request.purpose_key', '=', purposeKey(purpose)),
      ]),
    )
    .where((where) =>
      where.or([
        where('request.state', 'not in', [...FINAL_STATES]),
        where.exists(
          where
            .selectFrom('account')
            .whereRef('account.id', '=', 'request.id')
            .where('account.state', '=', 'active'),
        ),
      ]),
    )
    .orderBy('request.created_at', 'desc')
    .limit(PAGE);
}

export function staleQuery(db: Database, limit: number) {
  return db
    .selectFrom('request')
    .select('id')
    .whereRef('rendered_version', '<', 'version')
    .orderBy('created_at')
    .limit(limit);
}
