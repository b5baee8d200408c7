import { setTimeout as pause } from 'node:timers/promises';

import { sql } from 'kysely';

import { ProductError } from '../domain/errors.ts';
import type { Request } from '../domain/request.ts';
import type { Clock } from '../lib/clock.ts';
import { asking, isDuplicate } from './database-error.ts';
import type { Change, Records } from './records.ts';
import {
  dueQuery,
  listQuery,
  livingAtQuery,
  overdueQuery,
  similarQuery,
  toRemindQuery,
} from './request-queries.ts';
import { toColumns, toRequest } from './request-rows.ts';
import type { Database } from './tables.ts';
import { assignments, namesAndValues, writeChange } from './write-change.ts';

type RequestRecords = Pick<
  Records,
  | 'create'
  | 'findSubmitted'
  | 'find'
  | 'get'
  | 'update'
  | 'list'
  | 'due'
  | 'overdue'
  | 'toRemind'
  | 'similar'
>;

// Twenty rounds of up to 50 ms outlast any crowd of clicks; more would hide a defect.
const ROUNDS = 20;
const LONGEST_PAUSE_MS = 50;

export function createRequestRecords(db: Database, clock: Clock): RequestRecords {
  async function find(id: string): Promise<Request | undefined> {
    const row = await asking(() =>
      db.selectFrom('request').select(['id', 'body']).where('id', '=', id).executeTakeFirst(),
    );
    return row === undefined ? undefined : toRequest(row);
  }

  async function findSubmitted(dedupeKey: string): Promise<Request | undefined> {
    const row = await asking(() =>
      db
        .selectFrom('request')
        .select(['id', 'body'])
        .where('dedupe_key', '=', dedupeKey)
        .executeTakeFirst(),
    );
    return row === undefined ? undefined : toRequest(row);
  }

  async function get(id: string): Promise<Request> {
    const request = await find(id);
    if (request !== undefined) return request;
    const message = `There is no request ${id}.`;
    throw new ProductError('not-found', { subject: id, message });
  }

  async function update(
    id: string,
    change: (current: Request) => Change | undefined,
    known?: Request,
  ) {
    for (let round = 0; round < ROUNDS; round += 1) {
      const guessed = round === 0 ? known : undefined;
      const current = guessed ?? (await get(id));
      const wanted = change(current);
      if (wanted === undefined) return current;
      const request = stamp(wanted.request, current.version + 1, clock);
      const written = await replace(db, clock, { ...wanted, request }, current.version);
      if (written !== undefined) return written;
      if (guessed === undefined) await pause(Math.random() * LONGEST_PAUSE_MS);
    }
    const message = `${id} is being changed by many at once. Try again in a moment.`;
    throw new ProductError('unavailable', { subject: id, message });
  }

  async function ids(query: { execute(): Promise<{ id: string }[]> }): Promise<string[]> {
    return (await asking(() => query.execute())).map((row) => row.id);
  }

  return {
    find,
    get,
    update,
    findSubmitted,
    create: (change, dedupeKey) => create(db, clock, change, dedupeKey),
    list: async (filter) => (await asking(() => listQuery(db, filter).execute())).map(toRequest),
    due: (now, limit) => ids(dueQuery(db, now, limit)),
    overdue: (now, limit) => ids(overdueQuery(db, now, limit)),
    toRemind: (now, limit) => ids(toRemindQuery(db, now, limit)),
    similar: async (address, purpose) =>
      (await asking(() => similarQuery(db, address, purpose).execute())).map(toRequest),
  };
}

function stamp(request: Request, version: number, clock: Clock): Request {
  return { ...request, version, updatedAt: clock.now().toISOString() };
}

async function create(
  db: Database,
  clock: Clock,
  change: Change,
  dedupeKey: string,
): Promise<Request> {
  const request = stamp(change.request, 1, clock);
  const row = { id: request.id, dedupe_key: dedupeKey, ...toColumns(request) };
  await asking(async () => {
    try {
      await writeChange(db, clock, change, sql`INSERT INTO request ${namesAndValues(row)}`);
    } catch (error) {
      throw isDuplicate(error) ? await describeDuplicate(db, request, dedupeKey) : error;
    }
  });
  return request;
}

async function describeDuplicate(
  db: Database,
  { id, order }: Request,
  dedupeKey: string,
): Promise<ProductError> {
  const earlier = await db
    .selectFrom('request')
    .select('id')
    .where('dedupe_key', '=', dedupeKey)
    .executeTakeFirst();
  if (earlier !== undefined) {
    const message = `This was submitted before, as ${earlier.id}.`;
    return new ProductError('exists', { subject: earlier.id, message });
  }
  const living = await livingAtQuery(db, order.address).executeTakeFirst();
  if (living !== undefined && living.id !== id) {
    const message = `${order.address} already belongs to ${living.id}.`;
    return new ProductError('name-taken', { subject: living.id, message });
  }
  const message = `There is a request ${id} already. Submit again to get another number.`;
  return new ProductError('conflict', { subject: id, message });
}

/** Writes it all, if the request still has `version`, and returns it as it would be read again. */
async function replace(
  db: Database,
  clock: Clock,
  change: Change,
  version: number,
): Promise<Request | undefined> {
  const { id } = change.request;
  const columns = toColumns(change.request);
  const written = await asking(() =>
    writeChange(
      db,
      clock,
      change,
      sql`UPDATE request SET ${assignments(columns)} WHERE id = ${id} AND version = ${version}`,
    ),
  );
  return written ? toRequest({ id, body: JSON.parse(columns.body) }) : undefined;
}
