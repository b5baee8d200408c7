// An app with nothing but its database; started by tests in a process of its own, to be killed.
import { createLog } from '../../src/lib/log.ts';
import { startEmbeddedPostgres } from '../../src/records/embedded-postgres.ts';

const [dataDir = '', elsewhere = ''] = process.argv.slice(2);
const postgres = await startEmbeddedPostgres({ dataDir, elsewhere, log: createLog('silent') });
process.stdout.write(`${postgres.url}\n`);
process.once('SIGTERM', () => void postgres.close());
