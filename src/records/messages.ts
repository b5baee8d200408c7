import { sql } from 'kysely';
import type { Selectable } from 'kysely';

import { asking } from './database-error.ts';
import type { Messages, PostedMessage } from './records.ts';
import { toSafeJson } from './refuse-secrets.ts';
import { staleQuery } from './request-queries.ts';
import type { Database, MessageTable } from './tables.ts';

export function createMessages(db: Database): Messages {
  return {
    async find(requestId, key) {
      const row = await asking(() =>
        db
          .selectFrom('message')
          .selectAll()
          .where('request_id', '=', requestId)
          .where('key', '=', key)
          .executeTakeFirst(),
      );
      return row === undefined ? undefined : toMessage(row);
    },

    async list(requestId) {
      const rows = await asking(() =>
        db
          .selectFrom('message')
          .selectAll()
          .where('request_id', '=', requestId)
          .orderBy('at')
          .orderBy('key')
          .execute(),
      );
      return rows.map(toMessage);
    },

    async save(message) {
      toSafeJson(message, message.requestId);
      const { requestId, key, channel, ts, shows, at } = message;
      const columns = { channel, ts, shows, at };
      await asking(() =>
        db
          .insertInto('message')
          .values({ request_id: requestId, key, ...columns })
          .onConflict((conflict) => conflict.columns(['request_id', 'key']).doUpdateSet(columns))
          .execute(),
      );
    },

    async stale(limit) {
      return (await asking(() => staleQuery(db, limit).execute())).map((row) => row.id);
    },

    async rendered(requestId, version) {
      await asking(() =>
        db
          .updateTable('request')
          .set({ rendered_version: sql<number>`greatest(rendered_version, ${version})` })
          .where('id', '=', requestId)
          .execute(),
      );
    },
  };
}

function toMessage({
  request_id: requestId,
  at,
  ...rest
}: Selectable<MessageTable>): PostedMessage {
  return { requestId, ...rest, at: at.toISOString() };
}
