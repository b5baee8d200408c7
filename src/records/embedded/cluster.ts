import { spawn } from 'node:child_process';
import { chown, mkdtemp, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { ProductError } from '../../domain/errors.ts';
import { randomId } from '../../lib/random.ts';
import type { Binaries } from './binaries.ts';
import type { SystemUser } from './run-as.ts';
import { watchOver } from './watchdog.ts';

/** One cluster's files and programs; nothing here is running yet. */
export interface Cluster {
  readonly binaries: Binaries;
  readonly user: SystemUser | undefined;
  /** Holds `cluster` (PGDATA) and `server.log`. */
  readonly home: string;
  readonly password: string;
}

export const SUPERUSER = 'flow';
const PASSWORD_FILE = 'flow-password';
// The server gives itself up on SIGINT at once; this is for one that is stuck.
const STOP_SECONDS = 20;

/** The cluster in this home, made when there is none; a half-made one is never used. */
export async function openCluster(
  binaries: Binaries,
  user: SystemUser | undefined,
  home: string,
): Promise<Cluster> {
  const kept = await readFile(join(home, 'cluster', PASSWORD_FILE), 'utf8').catch(onlyMissing);
  if (kept !== undefined) return { binaries, user, home, password: kept };
  const draft = await mkdtemp(join(home, 'new-'));
  try {
    return await fillDraft({ binaries, user, home, password: randomId(24) }, draft);
  } catch (error) {
    // Another app that started at the same time was faster.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    return await openCluster(binaries, user, home);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

// Becomes the cluster by a rename at the end, password included: a crash leaves all or nothing.
async function fillDraft(cluster: Cluster, draft: string): Promise<Cluster> {
  const { user } = cluster;
  const passwordFile = `${draft}-password`;
  await writeFile(passwordFile, cluster.password, { mode: 0o600 });
  if (user !== undefined) {
    await chown(draft, user.uid, user.gid);
    await chown(passwordFile, user.uid, user.gid);
  }
  await run(cluster, cluster.binaries.initdb, [
    `--pgdata=${draft}`,
    '--auth=scram-sha-256',
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
    '--no-instructions',
  ]);
  await rename(passwordFile, join(draft, PASSWORD_FILE));
  await rename(draft, join(cluster.home, 'cluster'));
  return cluster;
}

export interface RunningServer {
  readonly port: number;
  /** Settles when the server has ended, with the last line it wrote. */
  readonly exited: Promise<string>;
}

/**
 * Starts the server in a session of its own, so that Ctrl-C reaches only us and we stop it in
 * order; should we be killed, the watchdog does.
 */
export async function startServer(
  cluster: Cluster,
  settings: Readonly<Record<string, string>>,
): Promise<RunningServer> {
  const port = await freePort();
  const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings };
  const options = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = await open(join(cluster.home, 'server.log'), 'w', 0o600);
  try {
    const child = spawn(
      cluster.binaries.postgres,
      ['-D', join(cluster.home, 'cluster'), '-p', String(port), ...options],
      { ...surroundings(cluster), detached: true, stdio: ['ignore', log.fd, log.fd] },
    );
    const watchdog = child.pid === undefined ? undefined : watchOver(child.pid, cluster.user);
    const exited = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', () => {
        watchdog?.release();
        void lastLine(cluster).then(resolve);
      });
    });
    return { port, exited };
  } finally {
    await log.close();
  }
}

/** Ends open connections, stops the server and waits until it is gone. */
export async function stopServer(cluster: Cluster): Promise<void> {
  const pgdata = join(cluster.home, 'cluster');
  await run(cluster, cluster.binaries.pgCtl, [
    'stop',
    `--pgdata=${pgdata}`,
    '--mode=fast',
    '--wait',
    `--timeout=${STOP_SECONDS}`,
  ]);
}

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly alive: boolean;
}

/** What the cluster's pid file says; undefined when there is none (the server ended in order). */
export async function findPostmaster(cluster: Cluster): Promise<Postmaster | undefined> {
  const text = await readFile(join(cluster.home, 'cluster', 'postmaster.pid'), 'utf8').catch(
    () => undefined,
  );
  const [pid, , , port] = text?.split('\n') ?? [];
  if (pid === undefined || !(Number(pid) > 0)) return undefined;
  return { pid: Number(pid), port: Number(port ?? 0), alive: isAlive(Number(pid)) };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function run(cluster: Cluster, program: string, parameters: string[]): Promise<void> {
  const child = spawn(program, parameters, {
    ...surroundings(cluster),
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const code = await new Promise<number | string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'ended'));
  });
  if (code === 0) return;
  const why = said.trim().split('\n').at(-1) ?? String(code);
  throw new ProductError('invalid-config', {
    subject: 'database',
    message: `The bundled PostgreSQL could not be prepared or stopped (${why === '' ? code : why}). Its files are in ${cluster.home}. Fix that, or set DATABASE_URL to a PostgreSQL server.`,
  });
}

/** An environment of its own: PG… variables of ours must not change what the server does. */
function surroundings(cluster: Cluster) {
  const { uid, gid } = cluster.user ?? {};
  return {
    cwd: cluster.home,
    env: { LC_ALL: 'C', TZ: 'UTC' },
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  };
}

async function lastLine(cluster: Cluster): Promise<string> {
  const text = await readFile(join(cluster.home, 'server.log'), 'utf8').catch(() => '');
  return text.trim().split('\n').at(-1) ?? '';
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  return port;
}

function onlyMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
