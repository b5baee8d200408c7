import { ProductError } from '../domain/errors.ts';
import type { Closeable } from '../lib/adapter.ts';
import type { Log } from '../lib/log.ts';
import { JOB_STATES } from './backend.ts';
import type { Backend, JobQueue, WorkerSettings } from './backend.ts';
import { postgresBackend } from './postgres-backend.ts';
import { jobProcessor } from './process-job.ts';
import { queueBoard } from './queue-board.ts';
import type { Handlers, Queue, QueueCount } from './queue.ts';
import { redisBackend } from './redis-backend.ts';
import { keepSweeping } from './sweep-schedule.ts';

/** Either URL carries a password: never log it. */
export type QueuePlace = { readonly redisUrl: string } | { readonly databaseUrl: string };

export interface QueueDeps {
  readonly log: Log;
  /** Begins every key in Redis; `flow` unless told otherwise. */
  readonly prefix?: string;
  readonly timings?: Partial<Timings>;
}

export interface Timings {
  readonly sweepEveryMs: number;
  /** When a job comes back whose handler threw. */
  readonly retryMs: number;
  /** How long without a sign of life until a worker's jobs are given to others. */
  readonly lockMs: number;
  /** How long a wish may take; the sweep makes up for one that failed. */
  readonly patienceMs: number;
}

const TIMINGS: Timings = {
  sweepEveryMs: 15_000,
  retryMs: 30_000,
  lockMs: 30_000,
  patienceMs: 5000,
};

// Handlers are safe to run twice, so a job is never given up for having been abandoned often.
const NEVER_GIVE_UP = 1_000_000;
const ONCE_DONE = { removeOnComplete: true, removeOnFail: true };
const RENDER_MS = 400;
const INDEX_MS = 1000;

/** @throws ProductError `unreachable` */
export async function openQueue(place: QueuePlace, deps: QueueDeps): Promise<Queue> {
  const { log, prefix = 'flow' } = deps;
  const timings = { ...TIMINGS, ...deps.timings };
  const backend =
    'redisUrl' in place
      ? redisBackend(place.redisUrl, prefix, log)
      : await asking(TIMINGS.patienceMs * 4, () => postgresBackend(place.databaseUrl, log));
  const queues = {
    provision: backend.queue('provision'),
    render: backend.queue('render'),
    care: backend.queue('care'),
    index: backend.queue('index'),
    sweep: backend.queue('sweep'),
  };
  const working = new Set<Closeable>();

  async function work(handlers: Handlers, concurrency: number): Promise<Closeable> {
    const workers = await startWorkers(backend, queues.sweep, handlers, concurrency, timings, log);
    working.add(workers);
    return {
      async close() {
        working.delete(workers);
        await workers.close();
      },
    };
  }

  async function close(): Promise<void> {
    await Promise.all([...working].map((workers) => workers.close()));
    await Promise.all(Object.values(queues).map((queue) => queue.close()));
    await backend.close();
  }

  let closed: Promise<void> | undefined;
  return {
    work,
    close: () => (closed ??= close()),
    async provision(requestId, version, afterMs = 0) {
      const options = { jobId: `${requestId}-${version}`, delay: afterMs, ...ONCE_DONE };
      await ask(() => queues.provision.add('provision', { requestId }, options));
    },
    render: (requestId, afterMs) => ask(() => addRender(queues.render, requestId, afterMs)),
    care: (accountId) => ask(() => addCare(queues.care, accountId)),
    index: () => ask(() => addIndex(queues.index)),
    async depth() {
      const counts = await ask(() =>
        Promise.all([queues.provision, queues.render].map((queue) => depthOf(queue))),
      );
      return counts.reduce((sum, count) => sum + count, 0);
    },
    counts: () => ask(() => countAll(queues)),
    board: (basePath) => queueBoard(Object.values(queues), basePath),
    ping: () => ask(() => backend.ping()),
  };

  async function ask<T>(call: () => Promise<T>): Promise<T> {
    return asking(timings.patienceMs, call);
  }
}

/** Wishes meet in one waiting job; one that comes while that job runs makes it run once more. */
async function addRender(queue: JobQueue, requestId: string, afterMs = RENDER_MS): Promise<void> {
  const deduplication = { id: requestId, keepLastIfActive: true };
  await queue.add('render', { requestId }, { deduplication, delay: afterMs, ...ONCE_DONE });
}

async function addCare(queue: JobQueue, accountId: string): Promise<void> {
  const deduplication = { id: accountId, keepLastIfActive: true };
  await queue.add('care', { requestId: accountId }, { deduplication, ...ONCE_DONE });
}

async function addIndex(queue: JobQueue): Promise<void> {
  const deduplication = { id: 'index', keepLastIfActive: true };
  await queue.add('index', {}, { deduplication, delay: INDEX_MS, ...ONCE_DONE });
}

async function startWorkers(
  backend: Backend,
  sweepQueue: JobQueue,
  handlers: Handlers,
  concurrency: number,
  timings: Timings,
  log: Log,
): Promise<Closeable> {
  const settings: WorkerSettings = {
    concurrency,
    lockDuration: timings.lockMs,
    stalledInterval: timings.lockMs / 2,
    maxStalledCount: NEVER_GIVE_UP,
  };
  const alone = { ...settings, concurrency: 1 };
  const { retryMs } = timings;
  const workers = [
    backend.worker(
      'provision',
      jobProcessor('provision', (id) => handlers.provision(id), retryMs, log),
      settings,
    ),
    backend.worker(
      'render',
      jobProcessor('render', (id) => handlers.render(id), retryMs, log),
      settings,
    ),
    backend.worker(
      'care',
      jobProcessor('care', (id) => handlers.care(id), retryMs, log),
      settings,
    ),
    backend.worker('index', () => quietly('index', () => handlers.index(), log), alone),
    backend.worker('sweep', () => quietly('sweep', () => handlers.sweep(), log), alone),
  ];
  const schedule = await keepSweeping(sweepQueue, timings.sweepEveryMs, log);
  return {
    /** Takes no more jobs and waits for those that are running. */
    async close() {
      await schedule.close();
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}

/** Nothing it throws reaches BullMQ, which would keep the message in clear text. */
async function quietly(what: string, work: () => Promise<void>, log: Log): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.error(
      { err: error, queue: what },
      'A job without a request failed; the next one tries again',
    );
  }
}

async function depthOf(queue: JobQueue): Promise<number> {
  return queue.getJobCountByTypes(...JOB_STATES);
}

async function countAll(queues: Readonly<Record<string, JobQueue>>): Promise<QueueCount[]> {
  const counted = await Promise.all(
    Object.entries(queues).map(async ([queue, jobs]) => {
      const counts = await jobs.getJobCounts(...JOB_STATES);
      return JOB_STATES.map((state) => ({ queue, state, count: counts[state] ?? 0 }));
    }),
  );
  return counted.flat();
}

/** Whatever goes wrong, or takes too long, comes out as the queue being out of reach. */
async function asking<T>(patienceMs: number, call: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer in ${patienceMs} ms`)), patienceMs);
  });
  try {
    return await Promise.race([call(), tooLong]);
  } catch (cause) {
    throw new ProductError('unreachable', {
      subject: 'queue',
      message: 'The queue could not be reached. Nothing is lost: the sweep makes up for it.',
      cause,
    });
  } finally {
    clearTimeout(timer);
  }
}
