import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Two submissions in the same instant cannot see each other; this is where the second one stops. */
export const oneLivingAddress: Migration = {
  async up(db) {
    await sql`
      CREATE UNIQUE INDEX request_one_living_address ON request (address)
        WHERE state NOT IN ('done', 'undone', 'denied', 'cancelled', 'expired')`.execute(db);
  },
};
