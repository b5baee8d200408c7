import { afterAll, beforeAll, describe } from 'vitest';

import { openRecords } from '../../src/records/open-records.ts';
import { describeRecords } from '../contracts/records-contract.ts';
import { freshDatabase } from '../support/database.ts';
import type { FreshDatabase } from '../support/database.ts';

describe('records in PostgreSQL', () => {
  let database: FreshDatabase;

  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(() => database.close());

  describeRecords((clock) => openRecords({ url: database.url, clock }));
});
