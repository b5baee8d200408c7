import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface RedisServer {
  readonly url: string;
  close(): Promise<void>;
}

const LOCAL = { host: '127.0.0.1', port: 6379 };

/**
 * REDIS_URL, the machine's own Redis, or one started for this run. Without any, the queue is tested
 * on PostgreSQL only, and a line says so; in CI that is a failure.
 */
export async function findRedis(): Promise<RedisServer | undefined> {
  const given = process.env['REDIS_URL'];
  if (given !== undefined && given !== '') return { url: given, close: async () => undefined };
  if (await answers(LOCAL.port)) {
    return { url: `redis://${LOCAL.host}:${LOCAL.port}`, close: async () => undefined };
  }
  const started = await startRedis();
  if (started !== undefined) return started;
  if (process.env['CI'] === 'true') {
    throw new Error('There is no Redis: set REDIS_URL, or put redis-server on the PATH.');
  }
  process.stderr.write('No Redis here: the queue is tested on PostgreSQL only.\n');
  return undefined;
}

async function startRedis(): Promise<RedisServer | undefined> {
  const dir = await mkdtemp(join(tmpdir(), 'flow-redis-'));
  const port = await freePort();
  const child = spawn(
    'redis-server',
    ['--port', String(port), '--bind', LOCAL.host, '--save', '', '--dir', dir],
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
  if ((await Promise.race([ended, untilAnswers(port)])) !== 'ready') {
    await rm(dir, { recursive: true, force: true });
    return undefined;
  }
  return {
    url: `redis://${LOCAL.host}:${port}`,
    async close() {
      child.kill('SIGTERM');
      await ended;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function untilAnswers(port: number): Promise<'ready'> {
  while (!(await answers(port))) await pause(20);
  return 'ready';
}

async function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: LOCAL.host, port }, () => socket.write('PING\r\n'));
    socket.setTimeout(1000, () => socket.destroy());
    socket.once('data', (data) => {
      resolve(data.toString().startsWith('+PONG'));
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, LOCAL.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  return port;
}
