import type { Product } from '../composition/product.ts';
import type { Closeable } from '../lib/adapter.ts';
import { createLog } from '../lib/log.ts';
import { startEmbeddedPostgres } from '../records/embedded-postgres.ts';
import { startPage } from './page/server.ts';
import { createTroubles } from './page/troubles.ts';
import { openSandboxWorld } from './run.ts';
import type { Sandbox } from './run.ts';
import { startWorker } from './worker.ts';

export interface SandboxPage extends Closeable {
  /** Where the page is; open it in a browser. */
  readonly url: string;
  readonly sandbox: Sandbox;
  readonly product: Product;
}

interface Options {
  readonly dataDir: string;
  /** The wanted ports of the app and of the page; other ones where somebody listens there. */
  readonly port: number;
  readonly pagePort: number;
}

const LOG_LEVEL = 'warn';
// Here one visitor plays everybody, which goes faster than people do; Slack's limits are for those.
const HASTE = 5;

/** The whole sandbox: the outside world, the app, its worker in a process of its own, and the page. */
export async function openSandboxPage({ dataDir, port, pagePort }: Options): Promise<SandboxPage> {
  const opened: Closeable[] = [];
  const keep = <T extends Closeable>(part: T): T => {
    opened.push(part);
    return part;
  };
  async function close(): Promise<void> {
    for (const part of opened.splice(0).toReversed()) await part.close();
  }
  try {
    // Not by the product itself: the worker in its own process needs the same database.
    const log = createLog(LOG_LEVEL);
    const { url: databaseUrl } = keep(await startEmbeddedPostgres({ dataDir, log }));
    const world = { dataDir, databaseUrl, port, logLevel: LOG_LEVEL, paceScale: HASTE };
    const sandbox = keep(await openSandboxWorld(world));
    const since = new Date().toISOString();
    const product = keep(await sandbox.startProduct({ slack: true, worker: false }));
    const worker = keep(await startWorker(sandbox));
    const troubles = createTroubles(sandbox.outside, sandbox.slack);
    const page = keep(
      await startPage(
        { sandbox, product, worker, troubles, since },
        { port: pagePort, report: (err) => log.error({ err }, 'The sandbox page failed') },
      ),
    );
    return { url: page.url, sandbox, product, close };
  } catch (error) {
    await close();
    throw error;
  }
}
