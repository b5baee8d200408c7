import { describe } from 'vitest';

import { describeQueue } from '../contracts/queue-contract.ts';
import { freshDatabase } from '../support/database.ts';

const TABLES = ['job', 'scheduler', 'dedup', 'event', 'meta'];

describe('the queue in PostgreSQL', () => {
  describeQueue(async () => {
    const database = await freshDatabase();
    const { port } = new URL(database.url);
    return {
      port: Number(port),
      prefix: 'test',
      place(otherPort) {
        const url = new URL(database.url);
        url.port = String(otherPort ?? port);
        return { databaseUrl: url.href };
      },
      async flush() {
        await database.query(
          `TRUNCATE ${TABLES.map((table) => `bullmq.${table}`).join(', ')} CASCADE`,
        );
      },
      async dump() {
        const rows = await Promise.all(
          TABLES.map((table) => database.query(`SELECT row_to_json(t) FROM bullmq.${table} AS t`)),
        );
        return JSON.stringify(rows);
      },
      close: () => database.close(),
    };
  });
});
