import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What the metrics count in the audit log, and the steps of Slack workflows that wait for us. */
export const measuresAndWorkflows: Migration = {
  async up(db) {
    // Kept beside the texts they are read from: counting must not unpack every request and entry.
    await sql`
      ALTER TABLE request ADD COLUMN decided_at text
        GENERATED ALWAYS AS (body #>> '{decisions,-1,at}') STORED`.execute(db);
    await sql`
      ALTER TABLE audit
        ADD COLUMN step text GENERATED ALWAYS AS (entry::jsonb #>> '{details,step}') STORED,
        ADD COLUMN code text GENERATED ALWAYS AS (entry::jsonb #>> '{details,code}') STORED`.execute(
      db,
    );
    await sql`
      CREATE INDEX audit_measured ON audit (action, subject, step, code, at)
        WHERE action IN ('step-failed', 'failed', 'completed')`.execute(db);
    await sql`
      CREATE TABLE workflow_step (
        execution_id text PRIMARY KEY,
        person text NOT NULL,
        kind text,
        purpose text,
        offered boolean NOT NULL DEFAULT false,
        outcome text CHECK (outcome IN ('success', 'error')),
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
      )`.execute(db);
    await sql`
      CREATE INDEX workflow_step_open ON workflow_step (expires_at) WHERE outcome IS NULL`.execute(
      db,
    );
  },
};
