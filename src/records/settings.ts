import { asking } from './database-error.ts';
import type { Settings } from './records.ts';
import { toSafeJson } from './refuse-secrets.ts';
import type { Database } from './tables.ts';

export function createSettings(db: Database): Settings {
  return {
    async get(key) {
      const row = await asking(() =>
        db.selectFrom('setting').select('value').where('key', '=', key).executeTakeFirst(),
      );
      return row?.value;
    },

    async set(key, value) {
      const json = toSafeJson(value, key);
      await asking(() =>
        db
          .insertInto('setting')
          .values({ key, value: json })
          .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: json }))
          .execute(),
      );
    },
  };
}
