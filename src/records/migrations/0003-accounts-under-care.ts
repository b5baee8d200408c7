import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Accounts get columns to be searched by, and requests name the account that they are about. */
export const accountsUnderCare: Migration = {
  async up(db) {
    await sql`
      ALTER TABLE account
        ADD COLUMN kind text NOT NULL GENERATED ALWAYS AS (body ->> 'kind') STORED,
        ADD COLUMN connection text GENERATED ALWAYS AS (body ->> 'connection') STORED,
        ADD COLUMN owner text NOT NULL GENERATED ALWAYS AS (body ->> 'owner') STORED,
        ADD COLUMN people text[] NOT NULL GENERATED ALWAYS AS
          (array_remove(ARRAY[body ->> 'owner', body ->> 'secondOwner'], NULL)) STORED,
        ADD COLUMN health text NOT NULL GENERATED ALWAYS AS
          (coalesce(body #>> '{care,health,state}', 'unknown')) STORED,
        ADD COLUMN due_at text GENERATED ALWAYS AS (body #>> '{care,dueAt}') STORED,
        ADD COLUMN rotate_at text NOT NULL GENERATED ALWAYS AS (body ->> 'rotateAt') STORED,
        ADD COLUMN created_at text NOT NULL GENERATED ALWAYS AS (body ->> 'createdAt') STORED`.execute(
      db,
    );
    for (const [name, columns] of INDEXES) {
      await sql`CREATE INDEX ${sql.ref(name)} ON account ${sql.raw(columns)}`.execute(db);
    }
    await sql`ALTER TABLE request ADD COLUMN account text`.execute(db);
    await sql`UPDATE request SET account = id`.execute(db);
    await sql`ALTER TABLE request ALTER COLUMN account SET NOT NULL`.execute(db);
    await sql`CREATE INDEX request_by_account ON request (account, created_at DESC)`.execute(db);
  },
};

const INDEXES = [
  ['account_newest', '(created_at DESC, id DESC)'],
  ['account_by_state', '(state, created_at DESC, id DESC)'],
  ['account_by_connection', '(connection, created_at DESC, id DESC)'],
  ['account_by_health', '(health, created_at DESC, id DESC)'],
  ['account_totals', '(state, kind, health)'],
  ['account_by_person', 'USING gin (people)'],
  ['account_due', '(due_at) WHERE due_at IS NOT NULL'],
] as const;
