import { Queue, Worker, withBackend, createPostgresBackend, DEFAULT_SCHEMA } from 'bullmq';
import type { PgPool } from 'bullmq';
import { Redis } from 'ioredis';
import { Pool } from 'pg';

import type { Closeable } from '../src/lib/adapter.ts';
import { openWorkerApp } from './worker-app.ts';
import type { WorkerApp } from './worker-app.ts';
import { interleaved, median, timed } from './measure.ts';
import { APPROVER, pendingRequest } from './orders.ts';
import { ratio } from './report.ts';
import type { Figure, Row } from './report.ts';
import { query } from './services.ts';
import type { Services } from './services.ts';

const MOST = 1.6;

/** One request at a time, from the decision to the account, with vendors that answer at once. */
export async function approvedToDone(services: Services, quick: boolean): Promise<Figure> {
  const rounds = quick ? 30 : 150;
  const rows: Row[] = [];
  let commits = 0;
  for (const place of ['Postgres', 'Redis'] as const) {
    const redisUrl = place === 'Redis' ? services.redisUrl : undefined;
    if (place === 'Redis' && redisUrl === undefined) continue;
    const databaseUrl = await services.database();
    const app = await openWorkerApp({ databaseUrl, redisUrl, concurrency: 4 });
    await app.work();
    commits = await commitsOf(app, databaseUrl);
    const bare = await openBareJob(databaseUrl, redisUrl, commits, SMALLEST);
    const same = await openBareJob(databaseUrl, redisUrl, commits, SAME_ROWS);
    try {
      const times = await interleaved(rounds, {
        bare: () => timed(() => bare.run()),
        same: () => timed(() => same.run()),
        ours: () => runOne(app),
      });
      const ours = median(times.ours);
      rows.push(
        ratio(`queue on ${place}`, ours, median(times.bare), MOST),
        ratio(`queue on ${place}, against the same rows`, ours, median(times.same), null),
      );
    } finally {
      await bare.close();
      await same.close();
      await app.close();
    }
  }
  return {
    name: 'Approved → done',
    method: `An integration, one request at a time, from the call of the use case "approve" to the moment the worker has written "done"; the vendors are in memory and Slack is not drawn. Floor: adding one BullMQ job on the same queue database whose worker makes as many bare commits as a request needs: ${commits}, each one UPDATE of a number in a small table; or, for comparison, a transaction that writes the same rows as ours. ${rounds} rounds, medians. The databases write to disk as in production.`,
    rows,
  };
}

/** The decision and everything after it, until the record says done. */
async function runOne(app: WorkerApp): Promise<number> {
  const request = await pendingRequest(app.records);
  const ended = app.ended(request.id);
  const start = performance.now();
  await app.requests.decide(request.id, APPROVER, 'approve', null);
  const ms = (await ended) - start;
  const after = await app.records.get(request.id);
  if (after.state !== 'done') throw new Error(`${after.id} is ${after.state}, not done.`);
  return ms;
}

/** How many transactions wrote something, from the decision on, by PostgreSQL's own count. */
async function commitsOf(app: WorkerApp, databaseUrl: string): Promise<number> {
  const wrote = async () => {
    const [row] = await query<{ xid: string }>(databaseUrl, 'SELECT pg_current_xact_id() AS xid');
    return Number(row?.xid);
  };
  await runOne(app);
  const request = await pendingRequest(app.records);
  const ended = app.ended(request.id);
  const before = await wrote();
  await app.requests.decide(request.id, APPROVER, 'approve', null);
  await ended;
  // Asking takes a number as well. Jobs in Postgres take numbers of their own: leave them out.
  const all = (await wrote()) - before - 1;
  return app.queueIsInPostgres ? ownCommits(app, request.id) : all;
}

/** One per change of the request, and one per entry that was written by itself. */
async function ownCommits(app: WorkerApp, id: string): Promise<number> {
  const { version } = await app.records.get(id);
  const reads = await app.records.audit.list({ subject: id, actions: ['credential-read'] });
  return version - 1 + reads.length;
}

/** What a bare commit writes. */
interface Commit {
  readonly name: string;
  prepare(pool: Pool): Promise<unknown>;
  first(pool: Pool, id: string): Promise<unknown>;
  commit(pool: Pool, id: string): Promise<unknown>;
}

/** One number in one row of one small table: the least there is. */
const SMALLEST: Commit = {
  name: 'bare',
  prepare: (pool) => pool.query('CREATE TABLE bare (id text PRIMARY KEY, n integer NOT NULL)'),
  first: (pool, id) => pool.query('INSERT INTO bare VALUES ($1, 0)', [id]),
  commit: (pool, id) => pool.query('UPDATE bare SET n = n + 1 WHERE id = $1', [id]),
};

/** The rows that ours writes, with their indexes but without the hash chain, as people write them. */
const SAME_ROWS: Commit = {
  name: 'same',
  prepare: (pool) =>
    pool.query(`CREATE TABLE same (LIKE request INCLUDING ALL);
      CREATE TABLE line (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, entry text NOT NULL)`),
  first: (pool, id) =>
    pool.query(
      `INSERT INTO same (id, version, state, kind, connection, address, purpose_key, requester,
         owner, dedupe_key, account, created_at, expires_at, resume_at, body)
       SELECT $1, version, 'provisioning', kind, connection, $1, purpose_key, requester, owner, $1, $1,
         created_at, expires_at, now(), body FROM request LIMIT 1`,
      [id],
    ),
  async commit(pool, id) {
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query(
      'UPDATE same SET version = version + 1, resume_at = now(), body = $2 WHERE id = $1',
      [id, BODY],
    );
    await client.query('INSERT INTO line (entry) VALUES ($1)', [BODY.slice(0, 250)]);
    await client.query('COMMIT');
    client.release();
  },
};

/** As long as a request's journal is half-way. */
const BODY = JSON.stringify({ body: 'x'.repeat(3500) });

interface BareJob extends Closeable {
  run(): Promise<void>;
}

async function openBareJob(
  databaseUrl: string,
  redisUrl: string | undefined,
  commits: number,
  kind: Commit,
): Promise<BareJob> {
  const pool = new Pool({ connectionString: databaseUrl, max: 4 });
  await kind.prepare(pool);
  const { queue, worker, close } = bareQueue(databaseUrl, redisUrl, kind.name, async (id) => {
    for (let n = 1; n < commits; n += 1) await kind.commit(pool, id);
  });
  const waiting = new Map<string, () => void>();
  worker.on('completed', (job) => waiting.get(job.id ?? '')?.());
  await worker.waitUntilReady();
  let count = 0;
  return {
    async run() {
      count += 1;
      const id = `bare-${count}`;
      const completed = new Promise<void>((resolve) => {
        waiting.set(id, resolve);
      });
      // The decision is a commit of the floor as well.
      await kind.first(pool, id);
      await queue.add('bare', { id }, { jobId: id, removeOnComplete: true });
      await completed;
      waiting.delete(id);
    },
    async close() {
      await close();
      await pool.end();
    },
  };
}

function bareQueue(
  databaseUrl: string,
  redisUrl: string | undefined,
  kind: string,
  work: (id: string) => Promise<void>,
) {
  const process = (job: { data: { id: string } }) => work(job.data.id);
  if (redisUrl !== undefined) {
    const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
    const name = `${kind}-${new URL(databaseUrl).pathname.slice(1)}`;
    const queue = new Queue(name, { connection });
    const worker = new Worker(name, process, { connection, concurrency: 4 });
    const close = async () => {
      await worker.close();
      await queue.obliterate({ force: true });
      await queue.close();
      await connection.quit();
    };
    return { queue, worker, close };
  }
  const options = `-c search_path=${DEFAULT_SCHEMA}`;
  const pool = new Pool({ connectionString: databaseUrl, max: 10, options });
  pool.setMaxListeners(50);
  const backend = withBackend(createPostgresBackend);
  const connection = pool as unknown as PgPool;
  const queue = new backend.Queue(kind, { connection });
  const worker = new backend.Worker(kind, process, { connection, concurrency: 4 });
  const close = async () => {
    await worker.close();
    await queue.close();
    await pool.end();
  };
  return { queue, worker, close };
}
