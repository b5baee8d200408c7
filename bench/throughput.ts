import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import { Client } from 'pg';

import { APPROVER, pendingRequest } from './orders.ts';
import { median, until } from './measure.ts';
import type { Figure, Row } from './report.ts';
import type { Services } from './services.ts';
import { openWorkerApp } from './worker-app.ts';

const WORKERS = [1, 2, 4];

/** Requests a second through one, two and four worker processes, on both queue databases. */
export async function throughput(services: Services, quick: boolean): Promise<Figure> {
  const count = quick ? 60 : 200;
  const rounds = quick ? 1 : 3;
  const rows: Row[] = [];
  for (const place of ['Postgres', 'Redis'] as const) {
    const redisUrl = place === 'Redis' ? services.redisUrl : undefined;
    if (place === 'Redis' && redisUrl === undefined) continue;
    const rates = new Map<number, number[]>(WORKERS.map((workers) => [workers, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const workers of WORKERS) {
        const databaseUrl = await services.database();
        rates.get(workers)?.push(await rateOf(workers, count, databaseUrl, redisUrl));
      }
    }
    const one = median(rates.get(1) ?? []);
    rows.push(
      ...WORKERS.map((workers) => {
        const rate = median(rates.get(workers) ?? []);
        return {
          figure: `${workers} worker${workers === 1 ? '' : 's'}, queue on ${place}`,
          ours: `${rate.toFixed(0)} /s`,
          floor: `${one.toFixed(0)} /s`,
          value: rate / one,
          unit: '×' as const,
          target: null,
        };
      }),
    );
  }
  const leftOut = services.redisUrl === undefined ? 'Redis is left out: there is none here.' : '';
  return {
    name: 'Requests per second',
    method: `${count} approved integrations wait in the queue, then one, two or four worker processes of four jobs each begin; until the last is done. The floor column is one worker. ${rounds} rounds, medians. ${leftOut}`,
    rows,
  };
}

async function rateOf(
  workers: number,
  count: number,
  databaseUrl: string,
  redisUrl: string | undefined,
): Promise<number> {
  const app = await openWorkerApp({ databaseUrl, redisUrl, concurrency: 4 });
  for (let index = 0; index < count; index += 1) {
    const { id } = await pendingRequest(app.records);
    await app.requests.decide(id, APPROVER, 'approve', null);
  }
  const args = [databaseUrl, ...(redisUrl === undefined ? [] : [redisUrl])];
  const children = await Promise.all(Array.from({ length: workers }, () => startWorker(args)));
  const watcher = new Client({ connectionString: databaseUrl });
  await watcher.connect();
  const start = performance.now();
  for (const child of children) child.send('work');
  await until(
    'the last request',
    async () => {
      const { rows } = await watcher.query<{ open: boolean }>(
        "SELECT EXISTS (SELECT 1 FROM request WHERE state <> 'done') AS open",
      );
      return rows[0]?.open === false;
    },
    5,
  );
  const seconds = (performance.now() - start) / 1000;
  await watcher.end();
  await Promise.all(children.map((child) => end(child)));
  await app.close();
  return count / seconds;
}

async function startWorker(args: readonly string[]): Promise<ChildProcess> {
  const child = fork(new URL('./throughput-worker.ts', import.meta.url), args);
  await once(child, 'message');
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.send('end');
  await ended;
}
