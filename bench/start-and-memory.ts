import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, mkdtemp, chmod, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Secret } from '../src/domain/secret.ts';
import { systemClock } from '../src/lib/clock.ts';
import { openOutside } from '../src/sandbox/outside.ts';
import { rawConfig } from '../src/sandbox/raw-config.ts';
import type { SlackWorkspace } from '../src/sandbox/slack/workspace.ts';
import { median, pause, until } from './measure.ts';
import { ratio } from './report.ts';
import type { Figure, Row } from './report.ts';
import type { Services } from './services.ts';
import { startSlackThread } from './slack-side.ts';
import type { SlackThreadCalls } from './slack-side.ts';

const BURST = 200;
const REST_MS = 2000;

interface Running {
  readonly child: ChildProcess;
  readonly eventsUrl: string;
  readonly readyMs: number;
}

interface Taken {
  readonly first?: number;
  readonly later: number;
  readonly rest: number | undefined;
  readonly burst: number | undefined;
}

/** From starting the process to being ready, and what it needs of the machine's memory. */
export async function startAndMemory(_services: Services, quick: boolean): Promise<Figure> {
  const rounds = quick ? 1 : 4;
  const slack = await startSlackThread();
  const outside = await openOutside(systemClock);
  const ours: Taken[] = [];
  const bare: Taken[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      bare.push(await takeBare(slack));
      ours.push(await takeOurs(slack, outside));
    }
  } finally {
    await outside.close();
    await slack.close();
  }
  const mid = (side: readonly Taken[], key: keyof Taken): number =>
    median(side.flatMap((taken) => taken[key] ?? []));
  const later = mid(bare, 'later');
  return {
    name: 'Start and memory',
    method: `\`node src/cli.ts start\` with every adapter configured and its own PostgreSQL, until /readyz says so: the first time (the database is made) and again. Memory is the app's process without PostgreSQL, ${REST_MS / 1000} s after the start and at most during ${BURST} commands at once. Floor: a process with a bare Bolt app, until it listens. ${rounds} rounds, medians.`,
    rows: [
      ratio('first start to ready', mid(ours, 'first'), later, null),
      ratio('later start to ready', mid(ours, 'later'), later, null),
      memoryRow('memory at rest', mid(ours, 'rest'), mid(bare, 'rest')),
      memoryRow(`memory under ${BURST} commands at once`, mid(ours, 'burst'), mid(bare, 'burst')),
    ],
  };
}

function memoryRow(figure: string, ours: number, floor: number): Row {
  const inMb = (bytes: number): string =>
    Number.isNaN(bytes) ? 'not known here' : `${(bytes / 2 ** 20).toFixed(0)} MB`;
  const value = Number.isNaN(ours) ? null : ours / floor;
  return { figure, ours: inMb(ours), floor: inMb(floor), value, unit: '×', target: null };
}

async function takeBare(slack: SlackThreadCalls): Promise<Taken> {
  const { signingSecret, botToken } = await slack.place();
  const start = performance.now();
  const child = fork(new URL('./bare-process.ts', import.meta.url), [signingSecret, botToken], {
    stdio: 'ignore',
  });
  const [eventsUrl] = (await once(child, 'message')) as [string];
  const readyMs = performance.now() - start;
  const memory = await memoryOf({ child, eventsUrl, readyMs }, slack);
  await stop(child);
  return { later: readyMs, ...memory };
}

async function takeOurs(
  slack: SlackThreadCalls,
  outside: Awaited<ReturnType<typeof openOutside>>,
): Promise<Taken> {
  const dataDir = await mkdtemp(join(tmpdir(), 'flow-bench-'));
  await chmod(dataDir, 0o755);
  try {
    const port = await freePort();
    const place = (await slack.place()) as SlackWorkspace;
    const { text, env } = withReferences(rawConfig(place, outside, { dataDir, port }));
    const file = join(dataDir, 'config.yml');
    await writeFile(file, text);
    const first = await startOurs(file, env, port);
    await stop(first.child);
    const later = await startOurs(file, env, port);
    const memory = await memoryOf(later, slack);
    await stop(later.child);
    return { first: first.readyMs, later: later.readyMs, ...memory };
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** The file of a real installation: secrets are named, and given in the environment. */
function withReferences(raw: unknown): { text: string; env: Record<string, string> } {
  const env: Record<string, string> = {};
  function refer(value: unknown): unknown {
    if (value instanceof Secret) {
      const name = `BENCH_SECRET_${Object.keys(env).length}`;
      env[name] = value.reveal();
      return `env:${name}`;
    }
    if (Array.isArray(value)) return value.map(refer);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, refer(item)]));
  }
  return { text: JSON.stringify(refer(raw)), env };
}

async function startOurs(
  file: string,
  secrets: Readonly<Record<string, string>>,
  port: number,
): Promise<Running> {
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...env } = process.env;
  const start = performance.now();
  const child = fork(new URL('../src/cli.ts', import.meta.url), ['--config', file, 'start'], {
    stdio: 'ignore',
    env: { ...env, ...secrets },
  });
  const url = `http://127.0.0.1:${port}`;
  await until('the app to be ready', async () => {
    if (child.exitCode !== null) throw new Error(`The app ended with ${child.exitCode}.`);
    return fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  });
  return { child, eventsUrl: `${url}/slack/events`, readyMs: performance.now() - start };
}

async function memoryOf(
  { child, eventsUrl }: Running,
  slack: SlackThreadCalls,
): Promise<Pick<Taken, 'rest' | 'burst'>> {
  await pause(REST_MS);
  const rest = await residentBytes(child);
  let most = rest;
  let over = false;
  const watching = (async () => {
    while (!over) {
      const now = await residentBytes(child);
      if (most !== undefined && now !== undefined) most = Math.max(most, now);
      await pause(20);
    }
  })();
  await slack.send(eventsUrl, 'command', BURST, true);
  await slack.settle();
  over = true;
  await watching;
  return { rest, burst: most };
}

/** Only Linux tells; elsewhere the rows say so. */
async function residentBytes({ pid }: ChildProcess): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(status) ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => {
    probe.listen(0, '127.0.0.1', resolve);
  });
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => {
    probe.close(resolve);
  });
  return port;
}
