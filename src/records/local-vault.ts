import { asking } from './database-error.ts';
import type { Records } from './records.ts';
import { toSafeJson } from './refuse-secrets.ts';
import { metaSchema, parseRow } from './schema.ts';
import type { Database } from './tables.ts';

export function createLocalVault(db: Database): Records['localVault'] {
  return {
    async insert({ name, version, keyId, sealed, meta }) {
      const row = { name, version, key_id: keyId, sealed, meta: toSafeJson(meta, name) };
      const result = await asking(() =>
        db
          .insertInto('sealed_secret')
          .values(row)
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst(),
      );
      return result.numInsertedOrUpdatedRows === 1n;
    },

    async find(name) {
      const row = await asking(() =>
        db.selectFrom('sealed_secret').selectAll().where('name', '=', name).executeTakeFirst(),
      );
      if (row === undefined) return undefined;
      const { key_id: keyId, meta, ...rest } = row;
      return { ...rest, keyId, meta: parseRow(metaSchema, meta, name) };
    },

    async replace({ name, version, keyId, sealed, meta }, expectedVersion) {
      const result = await asking(() =>
        db
          .updateTable('sealed_secret')
          .set({ version, key_id: keyId, sealed, meta: toSafeJson(meta, name) })
          .where('name', '=', name)
          .where('version', '=', expectedVersion)
          .executeTakeFirst(),
      );
      return result.numUpdatedRows === 1n;
    },

    async remove(name) {
      await asking(() => db.deleteFrom('sealed_secret').where('name', '=', name).execute());
    },
  };
}
