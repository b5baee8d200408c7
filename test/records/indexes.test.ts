import type { CompiledQuery } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { accountsQuery, dueAccountsQuery } from '../../src/records/accounts.ts';
import { auditQuery } from '../../src/records/audit.ts';
import { connectDatabase } from '../../src/records/connect.ts';
import {
  dueQuery,
  listQuery,
  overdueQuery,
  similarQuery,
  staleQuery,
  toRemindQuery,
} from '../../src/records/request-queries.ts';
import { freshDatabase } from '../support/database.ts';
import type { FreshDatabase } from '../support/database.ts';

const NOW = '2026-11-23T10:00:00.000Z';

// Five years of a busy organisation: nearly all done, few open.
const FILL = `
  INSERT INTO request (id, version, state, kind, connection, address, purpose_key, requester, owner,
    second_owner, dedupe_key, account, created_at, expires_at, resume_at, remind_at, rendered_version, body)
  SELECT 'SA-' || n, 5,
    CASE WHEN n % 500 = 0 THEN 'pending' WHEN n % 400 = 0 THEN 'waiting' ELSE 'done' END,
    'integration', 'connection-' || n % 500, 'flow-' || n || '@example.com', 'purpose ' || n,
    'U' || n % 3000, 'U' || n % 2000, NULL, 'key-' || n, 'SA-' || n,
    timestamptz '2026-11-23' - n * interval '25 minutes', timestamptz '2026-11-26' - n * interval '25 minutes',
    CASE WHEN n % 400 = 0 THEN timestamptz '2026-11-23' + n * interval '1 minute' END,
    CASE WHEN n % 500 = 0 THEN timestamptz '2026-11-23' + n * interval '1 minute' END,
    CASE WHEN n % 5000 = 0 THEN 4 ELSE 5 END, '{}'
  FROM generate_series(1, 100000) AS n`;

const FILL_ACCOUNTS = `
  INSERT INTO account (id, state, body)
  SELECT 'SA-' || n, CASE WHEN n % 50 = 0 THEN 'closed' ELSE 'active' END,
    jsonb_build_object('kind', 'integration', 'connection', 'connection-' || n % 500,
      'owner', 'U' || n % 2000, 'secondOwner', 'U' || n % 3000,
      'rotateAt', '2027-01-01T00:00:00.000Z',
      'createdAt', to_char(timestamptz '2026-11-23' - n * interval '25 minutes', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'care', jsonb_build_object(
        'dueAt', to_char(timestamptz '2026-11-23' + n * interval '1 minute', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'health', jsonb_build_object('state', CASE WHEN n % 700 = 0 THEN 'broken' ELSE 'healthy' END)))
  FROM generate_series(1, 100000) AS n`;

const FILL_AUDIT = `
  INSERT INTO audit (seq, entry, previous_hash, hash)
  SELECT n, json_build_object('at', to_char(timestamptz '2026-01-01' + n * interval '1 minute', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'action', 'approved', 'actor', 'U' || n % 3000, 'subject', 'SA-' || n % 20000, 'details', json_build_object())::text, '', ''
  FROM generate_series(1, 100000) AS n`;

describe('with 100,000 requests', () => {
  let database: FreshDatabase;
  let opened: ReturnType<typeof connectDatabase>;

  beforeAll(async () => {
    database = await freshDatabase();
    await database.query('ALTER TABLE audit DISABLE TRIGGER USER');
    await database.query(FILL);
    await database.query(FILL_ACCOUNTS);
    await database.query(FILL_AUDIT);
    await database.query('ANALYZE');
    opened = connectDatabase(database.url, 1);
  }, 120_000);
  afterAll(async () => {
    await opened.pool.end();
    await database.close();
  });

  async function planOf(query: { compile(): CompiledQuery }): Promise<string> {
    const { sql, parameters } = query.compile();
    const plan = await opened.pool.query(`EXPLAIN ${sql}`, [...parameters]);
    return (plan.rows as { 'QUERY PLAN': string }[]).map((row) => row['QUERY PLAN']).join('\n');
  }

  it.each([
    ['the newest', 'request_newest', () => listQuery(opened.db, {})],
    ['a page further on', 'request_newest', () => listQuery(opened.db, { before: 'SA-50000' })],
    ['a state', 'request_by_state', () => listQuery(opened.db, { states: ['waiting'] })],
    [
      'a connection',
      'request_by_connection',
      () => listQuery(opened.db, { connection: 'connection-3' }),
    ],
    ['a person', 'request_by_person', () => listQuery(opened.db, { person: 'U2500' })],
    [
      'an address',
      'request_by_address',
      () => listQuery(opened.db, { address: 'flow-7@example.com' }),
    ],
    ['what is due', 'request_due', () => dueQuery(opened.db, NOW, 100)],
    ['what is overdue', 'request_overdue', () => overdueQuery(opened.db, NOW, 100)],
    ['what to remind of', 'request_to_remind', () => toRemindQuery(opened.db, NOW, 100)],
    [
      'similar addresses',
      'request_by_address',
      () => similarQuery(opened.db, 'flow-7@example.com', 'x'),
    ],
    ['similar purposes', 'request_by_purpose', () => similarQuery(opened.db, 'x', 'Purpose 7')],
    ['stale cards', 'request_to_render', () => staleQuery(opened.db, 100)],
    [
      'the audit of a request',
      'audit_by_subject',
      () => auditQuery(opened.db, { subject: 'SA-7' }),
    ],
    [
      'what was done with an account',
      'request_by_account',
      () => listQuery(opened.db, { account: 'SA-7' }),
    ],
    ['the newest accounts', 'account_newest', () => accountsQuery(opened.db, {})],
    [
      'a page of accounts further on',
      'account_newest',
      () => accountsQuery(opened.db, { before: 'SA-50000' }),
    ],
    [
      'the accounts of a person',
      'account_by_person',
      () => accountsQuery(opened.db, { person: 'U7' }),
    ],
    [
      'the accounts of a connection',
      'account_by_connection',
      () => accountsQuery(opened.db, { connection: 'connection-3' }),
    ],
    [
      'broken accounts',
      'account_by_health',
      () => accountsQuery(opened.db, { state: 'active', health: 'broken' }),
    ],
    ['accounts that are due', 'account_due', () => dueAccountsQuery(opened.db, NOW, 100)],
    [
      'the newest of an account’s story',
      'audit_by_subject',
      () => auditQuery(opened.db, { subjects: ['SA-7', 'SA-9'], newestFirst: true, limit: 29 }),
    ],
    ['the audit of a person', 'audit_by_actor', () => auditQuery(opened.db, { actor: 'U7' })],
    ['the next audit page', 'audit_pkey', () => auditQuery(opened.db, { afterSeq: 50_000 })],
  ])('%s is found by the index %s', async (_, index, query) => {
    const plan = await planOf(query());

    expect(plan).toContain(index);
    expect(plan).not.toContain('Seq Scan on request');
    expect(plan).not.toContain('Seq Scan on account');
    expect(plan).not.toContain('Seq Scan on audit');
  });
});
