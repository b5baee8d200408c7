import { createPostgresBackend, DEFAULT_SCHEMA, runMigrations, withBackend } from 'bullmq';
import type { PgPool } from 'bullmq';
import { Pool } from 'pg';

import type { Log } from '../lib/log.ts';
import { STREAMS } from './backend.ts';
import type { Backend } from './backend.ts';

// Each worker keeps one connection to listen on; the rest is for everybody's commands.
const CONNECTIONS = 10;
const CONNECT_MS = 10_000;
const KEEP_ALIVE_MS = 10_000;
const LISTENERS = 50;

/** Keeps its tables in a schema of their own (`bullmq`), made here when it is missing. */
export async function postgresBackend(url: string, log: Log): Promise<Backend> {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    application_name: 'flow-service-accounts-queue',
    // BullMQ's SQL names no schema: a pool that it has not made itself must bring it.
    options: `-c search_path=${DEFAULT_SCHEMA}`,
  });
  pool.setMaxListeners(LISTENERS);
  // Of idle connections here, of lent ones there; unheard, either would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', (error) => log.warn({ err: error }, 'Queue database connection trouble'));
  try {
    await makeSchema(pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
  const { Queue, Worker } = withBackend(createPostgresBackend);
  // BullMQ describes the driver with types of its own, looser here and stricter there.
  const connection = pool as unknown as PgPool;
  return {
    queue(name) {
      const queue = new Queue(name, { connection, streams: STREAMS });
      queue.on('error', (error) => log.warn({ err: error, queue: name }, 'Queue trouble'));
      return queue;
    },
    worker(name, process, settings) {
      const worker = new Worker(name, process, { connection, ...settings });
      worker.on('error', (error) => log.warn({ err: error, queue: name }, 'Worker trouble'));
      return worker;
    },
    ping: async () => void (await pool.query('SELECT 1')),
    close: () => pool.end(),
  };
}

async function makeSchema(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await runMigrations(client);
  } finally {
    client.release();
  }
}
