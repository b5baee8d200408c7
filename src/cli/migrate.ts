import type { Closeable } from '../lib/adapter.ts';
import { migrate } from '../records/migrate.ts';
import { databaseUrl, requireConfig } from './open.ts';

export async function migrateDatabase(file: string | undefined): Promise<void> {
  const opened: Closeable[] = [];
  try {
    const done = await migrate(await databaseUrl(requireConfig(file), opened));
    console.log(done.length === 0 ? 'The database is up to date.' : `Done: ${done.join(', ')}`);
  } finally {
    for (const part of opened) await part.close();
  }
}
