import type { Closeable } from '../src/lib/adapter.ts';
import { systemClock } from '../src/lib/clock.ts';
import { createLog } from '../src/lib/log.ts';
import { handlersFrom } from '../src/composition/handlers.ts';
import { wishesTo } from '../src/composition/wishes.ts';
import { openQueue } from '../src/queue/open-queue.ts';
import type { Queue, RunResult } from '../src/queue/queue.ts';
import { openRecords } from '../src/records/open-records.ts';
import type { Records } from '../src/records/records.ts';
import type { UseCaseDeps } from '../src/requests/deps.ts';
import { createRequests } from '../src/requests/index.ts';
import type { Requests } from '../src/requests/requests.ts';
import { POLICY } from './app.ts';
import { instantPorts } from './instant-ports.ts';

export interface WorkerOptions {
  readonly databaseUrl: string;
  readonly redisUrl?: string | undefined;
  /** Jobs at a time, once it works. */
  readonly concurrency: number;
}

/** Records, queue, use cases and plans, without Slack. */
export interface WorkerApp extends Closeable {
  readonly records: Records;
  readonly queue: Queue;
  readonly requests: Requests;
  readonly queueIsInPostgres: boolean;
  /** Looks once for whatever is due. */
  sweep(): Promise<void>;
  /** Begins to take jobs. */
  work(): Promise<void>;
  /** When the run of this request's plan in this process was through, by `performance.now()`. */
  ended(requestId: string): Promise<number>;
}

export async function openWorkerApp(options: WorkerOptions): Promise<WorkerApp> {
  const { databaseUrl, redisUrl, concurrency } = options;
  const clock = systemClock;
  const log = createLog('info', { write: () => undefined });
  const records = await openRecords({ url: databaseUrl, clock, maxConnections: concurrency + 4 });
  const place = redisUrl === undefined ? { databaseUrl } : { redisUrl };
  const queue = await openQueue(place, { log, prefix: new URL(databaseUrl).pathname.slice(1) });
  const ports = instantPorts();
  const useCases: UseCaseDeps = {
    records,
    ports,
    policy: POLICY,
    clock,
    depositUrl: null,
    wish: wishesTo(queue, log),
  };
  const requests = createRequests(useCases, {
    member: async () => undefined,
    teamId: 'T00000001',
  });
  const run = { records, ports, assignees: { assign: async () => 'U0OWNER' }, log };
  const waiting = new Map<string, (at: number) => void>();
  const handlers = handlersFrom({
    run,
    useCases,
    queue,
    render: async () => ({ kind: 'idle' }),
    care: async () => ({ kind: 'idle' }),
    sweepSlack: async () => undefined,
  });
  async function provision(id: string): Promise<RunResult> {
    const result = await handlers.provision(id);
    waiting.get(id)?.(performance.now());
    waiting.delete(id);
    return result;
  }
  let workers: Closeable | undefined;
  async function work(): Promise<void> {
    workers = await queue.work({ ...handlers, provision }, concurrency);
  }
  return {
    work,
    sweep: () => handlers.sweep(),
    records,
    queue,
    requests,
    queueIsInPostgres: redisUrl === undefined,
    ended: (id) =>
      new Promise((resolve) => {
        waiting.set(id, resolve);
      }),
    async close() {
      await workers?.close();
      await queue.close();
      await records.close();
    },
  };
}
