import type { Selectable } from 'kysely';

import { asking } from './database-error.ts';
import type { Deposit, Deposits } from './records.ts';
import { toSafeJson } from './refuse-secrets.ts';
import type { Database, DepositTable } from './tables.ts';

export function createDeposits(db: Database): Deposits {
  return {
    async open(deposit) {
      toSafeJson(deposit, deposit.requestId);
      const row = {
        token_hash: deposit.tokenHash,
        request_id: deposit.requestId,
        step: deposit.step,
        assignee: deposit.assignee,
        code_hash: deposit.codeHash,
        expires_at: deposit.expiresAt,
        attempts: deposit.attempts,
        used_at: deposit.usedAt,
      };
      await asking(() => db.insertInto('deposit').values(row).execute());
    },

    async find(tokenHash) {
      const row = await asking(() =>
        db.selectFrom('deposit').selectAll().where('token_hash', '=', tokenHash).executeTakeFirst(),
      );
      return row === undefined ? undefined : toDeposit(row);
    },

    async countAttempt(tokenHash) {
      const row = await asking(() =>
        db
          .updateTable('deposit')
          .set((deposit) => ({ attempts: deposit('attempts', '+', 1) }))
          .where('token_hash', '=', tokenHash)
          .returning('attempts')
          .executeTakeFirst(),
      );
      return row?.attempts ?? 0;
    },

    async use(tokenHash, at) {
      const result = await asking(() =>
        db
          .updateTable('deposit')
          .set({ used_at: at })
          .where('token_hash', '=', tokenHash)
          .where('used_at', 'is', null)
          .where('expires_at', '>', new Date(at))
          .executeTakeFirst(),
      );
      return result.numUpdatedRows === 1n;
    },

    async release(tokenHash) {
      await asking(() =>
        db
          .updateTable('deposit')
          .set({ used_at: null })
          .where('token_hash', '=', tokenHash)
          .execute(),
      );
    },
  };
}

function toDeposit(row: Selectable<DepositTable>): Deposit {
  return {
    tokenHash: row.token_hash,
    requestId: row.request_id,
    step: row.step,
    assignee: row.assignee,
    codeHash: row.code_hash,
    expiresAt: row.expires_at.toISOString(),
    attempts: row.attempts,
    usedAt: row.used_at?.toISOString() ?? null,
  };
}
