import { sql } from 'kysely';

import type { Clock } from '../lib/clock.ts';
import { toEntry } from './audit.ts';
import { asking } from './database-error.ts';
import type { Settings } from './records.ts';
import { toSafeJson } from './refuse-secrets.ts';
import type { Database } from './tables.ts';

export function createSettings(db: Database, clock: Clock): Settings {
  async function get(key: string): Promise<unknown> {
    const row = await asking(() =>
      db.selectFrom('setting').select('value').where('key', '=', key).executeTakeFirst(),
    );
    return row?.value;
  }

  return {
    get,

    async set(key, value) {
      const json = toSafeJson(value, key);
      await asking(() => put(db, key, json).execute());
    },

    async change(key, value, event) {
      const json = toSafeJson(value, key);
      await asking(() =>
        db.transaction().execute(async (transaction) => {
          // Two who change it at once line up here, so that each sees what the other left.
          await sql`SELECT pg_advisory_xact_lock(7305512, hashtext(${key}))`.execute(transaction);
          const row = await transaction
            .selectFrom('setting')
            .select('value')
            .where('key', '=', key)
            .executeTakeFirst();
          await put(transaction, key, json).execute();
          const entry = toEntry(event(row?.value), clock);
          await transaction.insertInto('audit').values({ entry }).execute();
        }),
      );
    },
  };
}

function put(db: Database, key: string, json: string) {
  return db
    .insertInto('setting')
    .values({ key, value: json })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: json }));
}
