import { mkdir, realpath } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

import { Client } from 'pg';

import { ProductError } from '../domain/errors.ts';
import type { Log } from '../lib/log.ts';
import { findBinaries } from './embedded/binaries.ts';
import {
  findPostmaster,
  openCluster,
  startServer,
  stopServer,
  SUPERUSER,
} from './embedded/cluster.ts';
import type { Cluster, RunningServer } from './embedded/cluster.ts';
import { openHome, reachableBinaries } from './embedded/places.ts';
import { chooseUser } from './embedded/run-as.ts';

export interface EmbeddedOptions {
  /** The app's data folder; the server's files go to `postgres` in it. */
  readonly dataDir: string;
  readonly log: Log;
  /** Server settings on top of ours, e.g. `{ fsync: 'off' }` for throw-away data. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where to put what the server's user cannot reach otherwise; a system folder unless given. */
  readonly elsewhere?: string;
}

export interface EmbeddedPostgres {
  /** Carries the password: never log it. */
  readonly url: string;
  close(): Promise<void>;
}

const DATABASE = 'flow';
const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 20;
const ATTEMPTS = 3;
const GRACE_MS = 300;
// "Somebody lives here": held in the server for as long as the app that started it is alive.
const GUARD_KEY = 7_305_511;

/**
 * Starts the bundled PostgreSQL on a free loopback port. When the app is killed, a watchdog stops
 * the server; should that fail too, the next start notices that nobody holds the guard any more,
 * stops the server that was left behind and starts anew.
 * @throws ProductError `invalid-config` when another living app uses the folder, or nothing starts
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  try {
    return await open(options);
  } catch (error) {
    throw describe(error, options.dataDir);
  }
}

async function open(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { log, settings = {} } = options;
  const cluster = await prepare(options);
  const { port, exited } = await start(cluster, settings, log);
  const guard = await holdGuard(cluster, port, log);
  let closed: Promise<void> | undefined;

  async function close(): Promise<void> {
    await guard.release();
    await stopServer(cluster);
    await exited;
  }

  try {
    await ensureDatabase(cluster, port);
  } catch (error) {
    await close();
    throw error;
  }
  return { url: urlOf(cluster, port, DATABASE), close: () => (closed ??= close()) };
}

async function prepare(options: EmbeddedOptions): Promise<Cluster> {
  await mkdir(options.dataDir, { recursive: true });
  const dataDir = await realpath(options.dataDir);
  const user = await chooseUser(dataDir);
  const binaries = await reachableBinaries(await findBinaries(), user, options.elsewhere);
  const home = await openHome(dataDir, user, options.elsewhere);
  return openCluster(binaries, user, home);
}

function describe(cause: unknown, dataDir: string): ProductError {
  if (cause instanceof ProductError) return cause;
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  return new ProductError('invalid-config', {
    subject: 'database',
    message: `The bundled PostgreSQL cannot be used with the data folder ${dataDir} (${code}). Does the folder belong to the user this app runs as? Otherwise set DATABASE_URL to a PostgreSQL server.`,
    cause,
  });
}

async function stopLeftover(cluster: Cluster, log: Log): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await findPostmaster(cluster);
    if (found?.alive !== true) return;
    const client = await tryConnect(cluster, found.port);
    if (client !== undefined) {
      const orphaned = await isOrphaned(client).catch(() => undefined);
      await client.end();
      // It went away while we looked at it.
      if (orphaned === undefined) continue;
      if (!orphaned) throw inUse(cluster);
      log.warn({ pid: found.pid }, 'Stopping a database server that a killed app left behind');
      await stopServer(cluster);
      return;
    }
    if (performance.now() > until) throw inUse(cluster);
    await pause(LOOK_EVERY_MS);
  }
}

// The app that has just started a server needs a moment to take the guard, so look twice; and look
// without taking, so as not to get in its way.
async function isOrphaned(client: Client): Promise<boolean> {
  if (await isGuarded(client)) return false;
  await pause(GRACE_MS);
  if (await isGuarded(client)) return false;
  return takeGuard(client);
}

async function isGuarded(client: Client): Promise<boolean> {
  const found = await client.query(
    "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = 0 AND objid = $1",
    [GUARD_KEY],
  );
  return found.rowCount !== 0;
}

async function start(
  cluster: Cluster,
  settings: Readonly<Record<string, string>>,
  log: Log,
): Promise<RunningServer> {
  let why = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    await stopLeftover(cluster, log);
    const server = await startServer(cluster, settings);
    const ended = await Promise.race([server.exited, untilReady(cluster, server.port)]);
    if (ended === undefined) return server;
    // Somebody else took the port between looking and listening, or started a server there.
    why = ended;
  }
  throw new ProductError('invalid-config', {
    subject: 'database',
    message: `The bundled PostgreSQL does not start (${why}). Its log is ${cluster.home}/server.log. Fix that, or set DATABASE_URL to a PostgreSQL server.`,
  });
}

async function untilReady(cluster: Cluster, port: number): Promise<string | undefined> {
  const until = performance.now() + PATIENCE_MS;
  while (performance.now() < until) {
    const client = await tryConnect(cluster, port);
    if (client !== undefined) {
      await client.end();
      return undefined;
    }
    await pause(LOOK_EVERY_MS);
  }
  return 'it did not answer in time';
}

/** Holds the guard until released, also across a crash and recovery of the server. */
async function holdGuard(
  cluster: Cluster,
  port: number,
  log: Log,
): Promise<{ release(): Promise<void> }> {
  let held: Client | undefined = await connect(cluster, port);
  const ending = new AbortController();
  if (!(await takeGuard(held))) {
    await held.end();
    throw inUse(cluster);
  }
  watch(held);

  function watch(client: Client): void {
    client.once('end', () => {
      held = undefined;
      if (ending.signal.aborted) return;
      log.error('The bundled PostgreSQL dropped its guard connection');
      void takeAgain();
    });
  }

  async function takeAgain(): Promise<void> {
    while (!ending.signal.aborted) {
      const client = await tryConnect(cluster, port);
      if (client !== undefined && (await takeGuard(client).catch(() => false))) {
        held = client;
        watch(client);
        return;
      }
      await client?.end();
      await pause(1000, undefined, { signal: ending.signal, ref: false }).catch(() => undefined);
    }
  }

  return {
    async release() {
      ending.abort();
      await held?.end();
    },
  };
}

async function ensureDatabase(cluster: Cluster, port: number): Promise<void> {
  const client = await connect(cluster, port);
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

async function takeGuard(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(
    'SELECT pg_try_advisory_lock($1) AS taken',
    [GUARD_KEY],
  );
  return rows[0]?.taken === true;
}

async function tryConnect(cluster: Cluster, port: number): Promise<Client | undefined> {
  return connect(cluster, port).catch(() => undefined);
}

async function connect(cluster: Cluster, port: number): Promise<Client> {
  const client = new Client({
    connectionString: urlOf(cluster, port, 'postgres'),
    connectionTimeoutMillis: 5000,
  });
  // Without a listener a dropped connection would end the process.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

function urlOf(cluster: Cluster, port: number, database: string): string {
  return `postgres://${SUPERUSER}:${cluster.password}@127.0.0.1:${port}/${database}`;
}

function inUse(cluster: Cluster): ProductError {
  return new ProductError('invalid-config', {
    subject: 'database',
    message: `Another copy of this app is using the database in ${cluster.home}. Stop it first, or give this one a data folder of its own.`,
  });
}
