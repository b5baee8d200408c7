import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { isAmbiguous } from '../../src/domain/errors.ts';
import { openRecords } from '../../src/records/open-records.ts';
import type { Records } from '../../src/records/records.ts';
import { aRequest } from '../contracts/records-contract.ts';
import { freshDatabase } from '../support/database.ts';
import type { FreshDatabase } from '../support/database.ts';

const clock = { now: () => new Date('2026-11-23T10:00:00.000Z') };

describe('when the database drops connections', () => {
  let database: FreshDatabase;
  let records: Records;

  beforeEach(async () => {
    database = await freshDatabase();
    records = await openRecords({ url: database.url, clock });
  });
  afterEach(async () => {
    await records.close();
    await database.close();
  });

  async function dropAll(): Promise<void> {
    await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
  }

  it('the next query has a new one', async () => {
    await records.ping();

    await dropAll();

    // The first may still meet a dead connection; it says so instead of hanging.
    const first = await records.ping().then(
      () => 'ok',
      (error: { code: string }) => error.code,
    );
    expect(['ok', 'unreachable', 'unavailable']).toContain(first);
    await records.ping();
  });

  it('a run is told that it has lost its lock, and another may begin', async () => {
    let lostSignal: AbortSignal | undefined;
    const run = records.exclusively('SA-AAAAAA', async (lost) => {
      lostSignal = lost;
      const aborted = new Promise((resolve) => {
        lost.addEventListener('abort', resolve, { once: true });
      });
      await dropAll();
      await aborted;
      return 'stopped';
    });

    const result = await run;
    const next = await records.exclusively('SA-AAAAAA', async () => 'ran');

    expect(result).toBe('stopped');
    expect(lostSignal?.aborted).toBe(true);
    expect(next).toBe('ran');
  });

  it('a change that was under way is written whole or not at all', async () => {
    const { id } = await records.create({ request: aRequest(), events: [] }, 'key');
    await database.query(
      `CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;
       CREATE TRIGGER a_hold BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION hold()`,
    );

    const update = records.update(id, (current) => ({
      request: { ...current, state: 'denied' },
      events: [{ action: 'denied', actor: 'U1', subject: id, details: {} }],
    }));

    await expect(update).rejects.toSatisfy(isAmbiguous);
    expect(await records.get(id)).toMatchObject({ state: 'pending', version: 1 });
    expect(await records.audit.list({})).toEqual([]);
  });

  it('closing twice is closing once', async () => {
    await records.close();

    await expect(records.close()).resolves.toBeUndefined();
    await expect(records.ping()).rejects.toMatchObject({ code: 'unreachable' });
  });
});
