import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { systemClock } from '../../src/lib/clock.ts';
import { migrate } from '../../src/records/migrate.ts';
import { openRecords } from '../../src/records/open-records.ts';
import { freshDatabase } from '../support/database.ts';
import type { FreshDatabase } from '../support/database.ts';

describe('preparing a database', () => {
  let database: FreshDatabase;

  beforeEach(async () => {
    database = await freshDatabase('template0');
  });
  afterEach(() => database.close());

  it('is done once when several processes start at the same time', async () => {
    const done = await Promise.all([1, 2, 3].map(() => migrate(database.url)));

    const names = done.flat();
    expect(names[0]).toBe('0001-first-tables');
    expect(names).toEqual([...new Set(names)].toSorted());
    expect(await migrate(database.url)).toEqual([]);
  });

  it('must have happened before the records open', async () => {
    const early = openRecords({ url: database.url, clock: systemClock });
    await expect(early).rejects.toMatchObject({ code: 'invalid-config' });
    await migrate(database.url);

    const records = await openRecords({ url: database.url, clock: systemClock });
    await records.ping();
    await records.close();
  });

  it('is refused when a newer version of the app was here', async () => {
    await migrate(database.url);
    await database.query(
      "INSERT INTO kysely_migration (name, timestamp) VALUES ('0999-from-the-future', now()::text)",
    );

    const results = await Promise.allSettled([
      migrate(database.url),
      openRecords({ url: database.url, clock: systemClock }),
    ]);

    for (const result of results) {
      expect(result).toMatchObject({ reason: { code: 'invalid-config' } });
    }
  });

  it('says plainly when the server is not there or turns us away', async () => {
    const nowhere = new URL(database.url);
    nowhere.port = '1';
    const wrong = new URL(database.url);
    wrong.password = 'wrong-password';

    await expect(migrate(nowhere.href)).rejects.toMatchObject({ code: 'unreachable' });
    await expect(migrate(wrong.href)).rejects.toMatchObject({ code: 'invalid-config' });
  });
});
