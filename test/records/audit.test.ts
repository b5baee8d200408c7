import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { AuditEvent } from '../../src/domain/audit.ts';
import { auditAsCsv, auditAsJsonLines } from '../../src/records/audit-export.ts';
import { verifyAuditExport } from '../../src/records/audit-verify.ts';
import { openRecords } from '../../src/records/open-records.ts';
import type { Records } from '../../src/records/records.ts';
import { freshDatabase } from '../support/database.ts';
import type { FreshDatabase } from '../support/database.ts';

const clock = { now: () => new Date('2026-11-23T10:00:00.000Z') };

function anEvent(over: Partial<AuditEvent> = {}): AuditEvent {
  return { action: 'approved', actor: 'U1', subject: 'SA-AAAAAA', details: {}, ...over };
}

async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

describe('the audit log', () => {
  let database: FreshDatabase;
  let records: Records;
  let other: Records;

  beforeEach(async () => {
    database = await freshDatabase();
    records = await openRecords({ url: database.url, clock });
    other = await openRecords({ url: database.url, clock });
  });
  afterEach(async () => {
    await Promise.all([records.close(), other.close()]);
    await database.close();
  });

  it('numbers entries without gaps and keeps the chain when two processes write at once', async () => {
    await Promise.all(
      Array.from({ length: 60 }, (_, turn) =>
        (turn % 2 === 0 ? records : other).audit.append(anEvent({ details: { turn } })),
      ),
    );

    const entries = await records.audit.list({});
    expect(entries.map((entry) => entry.seq)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
    expect(new Set(entries.map((entry) => entry.details['turn'])).size).toBe(60);
    expect(await records.audit.verify()).toBeUndefined();
  });

  it('is searched by several subjects, by whoever is named, and from its newest end', async () => {
    const { audit } = records;
    await audit.append(anEvent());
    await audit.append(anEvent({ subject: 'SA-BBBBBB', details: { assignee: 'U2' } }));
    await audit.append(anEvent({ subject: 'SA-CCCCCC', actor: 'U2', details: { by: 'U1X' } }));
    const seqs = async (filter: Parameters<typeof audit.list>[0]) =>
      (await audit.list(filter)).map(({ seq }) => seq);

    expect(await seqs({ subjects: ['SA-AAAAAA', 'SA-CCCCCC'] })).toEqual([1, 3]);
    expect(await seqs({ subjects: [] })).toEqual([]);
    expect(await seqs({ person: 'U2' })).toEqual([2, 3]);
    expect(await seqs({ person: 'U1' })).toEqual([1, 2]);
    expect(await seqs({ newestFirst: true, limit: 2 })).toEqual([3, 2]);
  });

  it('leaves no gap behind a transaction that failed', async () => {
    await records.audit.append(anEvent());
    await database.query("BEGIN; INSERT INTO audit (entry) VALUES ('{}')").catch(() => undefined);
    await records.audit.append(anEvent());

    const entries = await records.audit.list({});

    expect(entries.map((entry) => entry.seq)).toEqual([1, 2]);
  });

  it('filters by who, what, about what, and when', async () => {
    await records.audit.append(anEvent());
    await records.audit.append(anEvent({ actor: 'U2' }));
    await records.audit.append(anEvent({ action: 'denied', subject: 'SA-BBBBBB' }));

    const seqs = async (filter: Parameters<Records['audit']['list']>[0]) =>
      (await records.audit.list(filter)).map((entry) => entry.seq);

    expect(await seqs({ actor: 'U2' })).toEqual([2]);
    expect(await seqs({ subject: 'SA-BBBBBB' })).toEqual([3]);
    expect(await seqs({ actions: ['denied', 'failed'] })).toEqual([3]);
    expect(await seqs({ since: '2026-11-23T10:00:00.000Z' })).toEqual([1, 2, 3]);
    expect(await seqs({ until: '2026-11-23T10:00:00.000Z' })).toEqual([]);
    expect(await seqs({ afterSeq: 1, limit: 1 })).toEqual([2]);
  });

  it.each([
    ['UPDATE', "UPDATE audit SET entry = '{}'"],
    ['DELETE', 'DELETE FROM audit'],
    ['TRUNCATE', 'TRUNCATE audit'],
  ])('refuses %s', async (_, statement) => {
    await records.audit.append(anEvent());

    const changed = database.query(statement);

    await expect(changed).rejects.toThrow('append-only');
    expect(await records.audit.list({})).toHaveLength(1);
  });

  describe('when somebody with all rights has tampered with it', () => {
    beforeEach(async () => {
      for (const actor of ['U1', 'U2', 'U3', 'U4']) await records.audit.append(anEvent({ actor }));
      await database.query('ALTER TABLE audit DISABLE TRIGGER USER');
    });

    it.each([
      ['a changed text', `UPDATE audit SET entry = replace(entry, 'U2', 'U9') WHERE seq = 2`, 2],
      ['a missing entry', 'DELETE FROM audit WHERE seq = 3', 3],
      [
        'a text with a hash made to fit',
        `UPDATE audit SET entry = replace(entry, 'U2', 'U9'),
           hash = encode(sha256(convert_to(previous_hash || replace(entry, 'U2', 'U9'), 'UTF8')), 'hex')
         WHERE seq = 2`,
        3,
      ],
      ['a missing beginning', 'DELETE FROM audit WHERE seq = 1', 1],
    ])('finds %s, in the database and in an export', async (_, statement, seq) => {
      await database.query(statement);

      const inDatabase = await records.audit.verify();
      const inExport = await verifyAuditExport(await collect(auditAsJsonLines(records.audit)));

      expect(inDatabase).toMatchObject({ seq });
      expect(inExport.broken).toEqual(inDatabase);
    });
  });

  it('exports lines that hold on their own, and shows a line that was edited', async () => {
    for (const turn of [1, 2, 3])
      await records.audit.append(anEvent({ details: { turn, b: 'ü' } }));

    const lines = await collect(auditAsJsonLines(records.audit));
    const whole = await verifyAuditExport(lines);
    const edited = await verifyAuditExport([
      lines[0]!,
      lines[1]!.replace('"actor":"U1"', '"actor":"U7"'),
    ]);
    const garbage = await verifyAuditExport([lines[0]!, 'not json']);
    const last = await records.audit.list({ afterSeq: 2 });

    expect(whole).toEqual({ entries: 3, hash: last[0]!.hash, broken: null });
    expect(edited).toMatchObject({ entries: 1, broken: { seq: 2 } });
    expect(garbage).toMatchObject({ entries: 1, broken: { seq: 2 } });
  });

  it('exports all pages of a long log, or only what was asked for', async () => {
    await database.query(
      `INSERT INTO audit (entry) SELECT json_build_object('at', '2026-11-23T10:00:00.000Z',
         'action', 'approved', 'actor', 'U' || n, 'subject', 's', 'details', json_build_object())::text
       FROM generate_series(1, 1203) AS n`,
    );

    const all = await collect(auditAsJsonLines(records.audit));
    const some = await collect(auditAsJsonLines(records.audit, { afterSeq: 1, limit: 700 }));

    expect(await verifyAuditExport(all)).toMatchObject({ entries: 1203, broken: null });
    expect(await records.audit.verify()).toBeUndefined();
    expect(some.map((line) => (JSON.parse(line) as { seq: number }).seq).at(-1)).toBe(701);
    expect(some).toHaveLength(700);
  });

  it('writes spreadsheet cells that are quoted and never a formula', async () => {
    await records.audit.append(
      anEvent({ subject: '=HYPERLINK("x")', actor: '+1', details: { a: 1 } }),
    );

    const [head, row] = await collect(auditAsCsv(records.audit));

    expect(head).toBe('seq,at,action,actor,subject,details,hash\r\n');
    expect(row).toMatch(
      /^1,2026-11-23T10:00:00\.000Z,approved,"'\+1","'=HYPERLINK\(""x""\)","{""a"":1}",[0-9a-f]{64}\r\n$/,
    );
  });
});

describe('audit texts', () => {
  let database: FreshDatabase;

  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(() => database.close());

  it('are the same whatever the order of the details', async () => {
    const records = await openRecords({ url: database.url, clock });
    await records.audit.append(anEvent({ details: { a: 1, b: { d: [2], c: null } } }));
    await records.audit.append(anEvent({ details: { b: { c: null, d: [2] }, a: 1 } }));

    const [first, second] = await records.audit.list({});
    await records.close();

    expect(first!.entry).toBe(second!.entry);
    expect(first!.details).toEqual({ a: 1, b: { d: [2], c: null } });
  });
});
