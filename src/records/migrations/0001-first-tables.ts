import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const firstTables: Migration = {
  async up(db) {
    await createRequests(db);
    await createAudit(db);
    await createSmallTables(db);
  },
};

async function createRequests(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE request (
      id text PRIMARY KEY,
      version integer NOT NULL CHECK (version > 0),
      state text NOT NULL,
      kind text NOT NULL,
      connection text,
      address text NOT NULL,
      purpose_key text NOT NULL,
      requester text NOT NULL,
      owner text NOT NULL,
      second_owner text,
      people text[] NOT NULL GENERATED ALWAYS AS
        (array_remove(ARRAY[requester, owner, second_owner], NULL)) STORED,
      dedupe_key text NOT NULL UNIQUE,
      created_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      resume_at timestamptz,
      remind_at timestamptz,
      rendered_version integer NOT NULL DEFAULT 0,
      body jsonb NOT NULL
    )`.execute(db);
  await sql`CREATE INDEX request_newest ON request (created_at DESC, id DESC)`.execute(db);
  await sql`CREATE INDEX request_by_state ON request (state, created_at DESC, id DESC)`.execute(db);
  await sql`
    CREATE INDEX request_by_connection ON request (connection, created_at DESC, id DESC)`.execute(
    db,
  );
  await sql`CREATE INDEX request_by_person ON request USING gin (people)`.execute(db);
  await sql`CREATE INDEX request_by_address ON request (address)`.execute(db);
  await sql`CREATE INDEX request_by_purpose ON request (purpose_key)`.execute(db);
  await sql`
    CREATE INDEX request_due ON request (resume_at) WHERE resume_at IS NOT NULL`.execute(db);
  await sql`
    CREATE INDEX request_overdue ON request (expires_at) WHERE state = 'pending'`.execute(db);
  await sql`
    CREATE INDEX request_to_remind ON request (remind_at)
      WHERE state = 'pending' AND remind_at IS NOT NULL`.execute(db);
  await sql`
    CREATE INDEX request_to_render ON request (created_at)
      WHERE rendered_version < version`.execute(db);
  await sql`
    CREATE TABLE account (
      id text PRIMARY KEY REFERENCES request (id),
      state text NOT NULL CHECK (state IN ('active', 'closed')),
      body jsonb NOT NULL
    )`.execute(db);
}

/**
 * The one place that numbers and chains: whoever inserts, the entries line up one after another
 * under a lock that is held until the transaction ends, so there are no gaps and no forks.
 */
async function createAudit(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE audit (
      seq bigint PRIMARY KEY,
      entry text NOT NULL,
      previous_hash text NOT NULL,
      hash text NOT NULL,
      at text NOT NULL GENERATED ALWAYS AS (entry::jsonb ->> 'at') STORED,
      action text NOT NULL GENERATED ALWAYS AS (entry::jsonb ->> 'action') STORED,
      actor text NOT NULL GENERATED ALWAYS AS (entry::jsonb ->> 'actor') STORED,
      subject text NOT NULL GENERATED ALWAYS AS (entry::jsonb ->> 'subject') STORED
    )`.execute(db);
  await sql`CREATE INDEX audit_by_subject ON audit (subject, seq)`.execute(db);
  await sql`CREATE INDEX audit_by_actor ON audit (actor, seq)`.execute(db);
  await sql`CREATE INDEX audit_by_time ON audit (at, seq)`.execute(db);
  await sql`
    CREATE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      last record;
    BEGIN
      PERFORM pg_advisory_xact_lock(7305512, 1);
      SELECT seq, hash INTO last FROM audit ORDER BY seq DESC LIMIT 1;
      NEW.seq := coalesce(last.seq, 0) + 1;
      NEW.previous_hash := coalesce(last.hash, repeat('0', 64));
      NEW.hash := encode(sha256(convert_to(NEW.previous_hash || NEW.entry, 'UTF8')), 'hex');
      RETURN NEW;
    END $$`.execute(db);
  await sql`
    CREATE TRIGGER audit_chain BEFORE INSERT ON audit
      FOR EACH ROW EXECUTE FUNCTION audit_chain()`.execute(db);
  await sql`
    CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'The audit log is append-only';
    END $$`.execute(db);
  await sql`
    CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
      FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()`.execute(db);
}

async function createSmallTables(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE message (
      request_id text NOT NULL REFERENCES request (id),
      key text NOT NULL,
      channel text NOT NULL,
      ts text,
      shows text NOT NULL,
      at timestamptz NOT NULL,
      PRIMARY KEY (request_id, key)
    )`.execute(db);
  await sql`
    CREATE TABLE deposit (
      token_hash text PRIMARY KEY,
      request_id text NOT NULL REFERENCES request (id),
      step text NOT NULL,
      assignee text NOT NULL,
      code_hash text NOT NULL,
      expires_at timestamptz NOT NULL,
      attempts integer NOT NULL,
      used_at timestamptz
    )`.execute(db);
  await sql`
    CREATE TABLE sealed_secret (
      name text PRIMARY KEY,
      version integer NOT NULL,
      key_id text NOT NULL,
      sealed text NOT NULL,
      meta jsonb NOT NULL
    )`.execute(db);
  await sql`CREATE TABLE setting (key text PRIMARY KEY, value jsonb NOT NULL)`.execute(db);
  await sql`
    CREATE TABLE rate_slot (bucket text PRIMARY KEY, empty_at_ms bigint NOT NULL)`.execute(db);
}
