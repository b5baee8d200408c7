import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import type { Closeable } from '../../src/lib/adapter.ts';
import { createLog } from '../../src/lib/log.ts';
import { openQueue } from '../../src/queue/open-queue.ts';
import type { QueuePlace, Timings } from '../../src/queue/open-queue.ts';
import type { Handlers, Queue, RunResult } from '../../src/queue/queue.ts';

/** A database that a queue can be opened on, and what tests do to it behind the queue's back. */
export interface QueueGround {
  /** The same database, through another port when one is given. */
  place(port?: number): QueuePlace;
  readonly port: number;
  readonly prefix: string;
  /** Loses everything the queue keeps. */
  flush(): Promise<void>;
  /** Everything the queue keeps, as text. */
  dump(): Promise<string>;
  close(): Promise<void>;
}

const IDLE: RunResult = { kind: 'idle' };
const WAIT = { timeout: 20_000, interval: 20 };
const DEAD_WORKER = fileURLToPath(new URL('../queue/stuck-worker.ts', import.meta.url));

export function describeQueue(open: () => Promise<QueueGround>): void {
  let ground: QueueGround;
  let opened: Closeable[];

  beforeEach(async () => {
    ground = await open();
    opened = [];
  });
  afterEach(async () => {
    for (const one of opened.toReversed()) await one.close();
    await ground.close();
  });

  async function openOne(timings: Partial<Timings> = {}, port?: number): Promise<Queue> {
    const queue = await openQueue(ground.place(port), {
      log: createLog('silent'),
      prefix: ground.prefix,
      timings: { sweepEveryMs: 60_000, retryMs: 50, ...timings },
    });
    opened.push(queue);
    return queue;
  }

  function recorder(over: Partial<Handlers> = {}) {
    const runs: string[] = [];
    const handlers: Handlers = {
      async provision(id) {
        runs.push(id);
        return IDLE;
      },
      async render(id) {
        runs.push(`render ${id}`);
        return IDLE;
      },
      async care(id) {
        runs.push(`care ${id}`);
        return IDLE;
      },
      async index() {
        runs.push('index');
      },
      sweep: async () => undefined,
      ...over,
    };
    return { runs, handlers };
  }

  /** A handler that stops in the middle until it is told to go on. */
  function gate() {
    const { promise, resolve } = Promise.withResolvers<void>();
    return { opened: promise, open: resolve };
  }

  it('runs every wish once, however many workers there are', async () => {
    const { runs, handlers } = recorder();
    const [one, two] = [await openOne(), await openOne()];
    const ids = Array.from({ length: 60 }, (_, n) => `SA-${n}`);
    await one.work(handlers, 3);
    await two.work(handlers, 3);

    await Promise.all(ids.map((id, n) => (n % 2 === 0 ? one : two).provision(id, 1)));

    await vi.waitFor(() => expect(runs.length).toBeGreaterThanOrEqual(60), WAIT);
    await vi.waitFor(async () => expect(await one.depth()).toBe(0), WAIT);
    expect(runs.toSorted()).toEqual(ids.toSorted());
  });

  it('takes the same version twice as one wish, and another version as another', async () => {
    const { runs, handlers } = recorder();
    const queue = await openOne();

    await queue.provision('SA-1', 1);
    await queue.provision('SA-1', 1);
    await queue.provision('SA-1', 2);
    const depth = await queue.depth();
    await queue.work(handlers, 1);
    await vi.waitFor(async () => expect(await queue.depth()).toBe(0), WAIT);

    expect(depth).toBe(2);
    expect(runs).toEqual(['SA-1', 'SA-1']);
  });

  it('forgets a wish once it is done, so that the same one can come again', async () => {
    const { runs, handlers } = recorder();
    const queue = await openOne();
    await queue.work(handlers, 1);

    for (const times of [1, 2]) {
      await queue.provision('SA-1', 7);
      await vi.waitFor(() => expect(runs).toHaveLength(times), WAIT);
      await vi.waitFor(async () => expect(await queue.depth()).toBe(0), WAIT);
    }

    expect(runs).toEqual(['SA-1', 'SA-1']);
  });

  it('runs a delayed wish not before its time', async () => {
    let ranAt = 0;
    const { handlers } = recorder({
      async provision() {
        ranAt = Date.now();
        return IDLE;
      },
    });
    const queue = await openOne();
    await queue.work(handlers, 1);
    const wishedAt = Date.now();

    await queue.provision('SA-1', 1, 300);

    await vi.waitFor(() => expect(ranAt).toBeGreaterThan(0), WAIT);
    expect(ranAt - wishedAt).toBeGreaterThanOrEqual(295);
  });

  it('puts a job back as often as its handler asks', async () => {
    let times = 0;
    const { handlers } = recorder({
      async provision() {
        times += 1;
        return times < 6 ? { kind: 'again', afterMs: 5 } : IDLE;
      },
    });
    const queue = await openOne();
    await queue.work(handlers, 1);

    await queue.provision('SA-1', 1);

    await vi.waitFor(() => expect(times).toBe(6), WAIT);
    await vi.waitFor(async () => expect(await queue.depth()).toBe(0), WAIT);
    expect(times).toBe(6);
  });

  it('puts a job back when its handler throws, and keeps nothing of what was thrown', async () => {
    let times = 0;
    const { handlers } = recorder({
      async provision() {
        times += 1;
        if (times < 3) throw new Error('token glpat-thrown-away');
        return IDLE;
      },
    });
    const queue = await openOne({ retryMs: 100 });
    await queue.work(handlers, 1);

    await queue.provision('SA-1', 1);
    await vi.waitFor(() => expect(times).toBe(2), WAIT);
    const kept = await ground.dump();
    await vi.waitFor(() => expect(times).toBe(3), WAIT);

    expect(kept).toContain('SA-1');
    expect(kept).not.toContain('thrown-away');
    await vi.waitFor(async () => expect(await queue.depth()).toBe(0), WAIT);
  });

  it('renders once for many wishes', async () => {
    const { runs, handlers } = recorder();
    const queue = await openOne();
    await queue.work(handlers, 4);

    await Promise.all(Array.from({ length: 20 }, () => queue.render('SA-1', 200)));
    await queue.render('SA-2', 200);
    const depth = await queue.depth();

    await vi.waitFor(async () => expect(await queue.depth()).toBe(0), WAIT);
    expect(depth).toBe(2);
    expect(runs.toSorted()).toEqual(['render SA-1', 'render SA-2']);
  });

  it('renders once more, never at the same time, for wishes that come while it renders', async () => {
    const [begun, wished] = [gate(), gate()];
    let running = 0;
    let times = 0;
    let together = 0;
    const { handlers } = recorder({
      async render() {
        running += 1;
        times += 1;
        together = Math.max(together, running);
        begun.open();
        await wished.opened;
        running -= 1;
        return IDLE;
      },
    });
    const queue = await openOne();
    await queue.work(handlers, 4);

    await queue.render('SA-1', 0);
    await begun.opened;
    for (let wish = 0; wish < 5; wish += 1) await queue.render('SA-1', 0);
    wished.open();

    await vi.waitFor(() => expect(times).toBe(2), WAIT);
    await vi.waitFor(async () => expect(await queue.depth()).toBe(0), WAIT);
    expect({ times, together }).toEqual({ times: 2, together: 1 });
  });

  it('does not lose a render wish that comes while a render is put back', async () => {
    let times = 0;
    const [begun, wished] = [gate(), gate()];
    const { handlers } = recorder({
      async render() {
        times += 1;
        if (times > 1) return IDLE;
        begun.open();
        await wished.opened;
        return { kind: 'again', afterMs: 50 };
      },
    });
    const queue = await openOne();
    await queue.work(handlers, 1);

    await queue.render('SA-1', 0);
    await begun.opened;
    await queue.render('SA-1', 0);
    wished.open();

    await vi.waitFor(() => expect(times).toBeGreaterThanOrEqual(2), WAIT);
    await vi.waitFor(async () => expect(await queue.depth()).toBe(0), WAIT);
  });

  it('keeps wishes over a restart', async () => {
    const { runs, handlers } = recorder();
    const before = await openQueue(ground.place(), {
      log: createLog('silent'),
      prefix: ground.prefix,
    });
    await before.provision('SA-1', 1);
    await before.provision('SA-2', 1, 100);
    await before.render('SA-3', 100);
    await before.close();

    const after = await openOne();
    await after.work(handlers, 2);

    await vi.waitFor(() => expect(runs.toSorted()).toEqual(['SA-1', 'SA-2', 'render SA-3']), WAIT);
  });

  it('finds everything again by the sweep when the queue loses all it had', async () => {
    const wanted = new Set(Array.from({ length: 10 }, (_, n) => `SA-${n}`));
    const [begun, lost] = [gate(), gate()];
    const queue = await openOne({ sweepEveryMs: 250 });
    const { handlers } = recorder({
      async provision(id) {
        begun.open();
        await lost.opened;
        wanted.delete(id);
        return IDLE;
      },
      async sweep() {
        for (const id of wanted) await queue.provision(id, 1);
      },
    });
    for (const id of wanted) await queue.provision(id, 1);
    await queue.work(handlers, 2);
    await begun.opened;

    await ground.flush();
    lost.open();

    await vi.waitFor(() => expect([...wanted]).toEqual([]), WAIT);
  });

  it('sweeps on one schedule, however many workers there are', async () => {
    const sweeps: number[] = [];
    const { handlers } = recorder({ sweep: async () => void sweeps.push(Date.now()) });
    const [one, two] = [await openOne({ sweepEveryMs: 300 }), await openOne({ sweepEveryMs: 300 })];

    await one.work(handlers, 1);
    await two.work(handlers, 1);

    await vi.waitFor(() => expect(sweeps.length).toBeGreaterThanOrEqual(8), WAIT);
    const span = sweeps[7]! - sweeps[2]!;
    expect(span).toBeGreaterThan(1200);
    expect(span).toBeLessThan(2400);
  });

  it('looks after an account once for wishes that come together', async () => {
    const { runs, handlers } = recorder();
    const queue = await openOne();
    await Promise.all(['SA-1', 'SA-2', 'SA-1', 'SA-1'].map((id) => queue.care(id)));

    await queue.work(handlers, 3);

    await vi.waitFor(() => expect(runs.toSorted()).toEqual(['care SA-1', 'care SA-2']), WAIT);
  });

  it('writes the index once for wishes that come together, and again for one that comes later', async () => {
    const { runs, handlers } = recorder();
    const queue = await openOne();
    await queue.work(handlers, 3);

    await Promise.all([queue.index(), queue.index(), queue.index()]);
    await vi.waitFor(() => expect(runs).toEqual(['index']), WAIT);
    await vi.waitFor(
      async () =>
        expect(
          (await queue.counts()).every(({ count, queue }) => queue !== 'index' || count === 0),
        ).toBe(true),
      WAIT,
    );
    await queue.index();

    await vi.waitFor(() => expect(runs).toEqual(['index', 'index']), WAIT);
  });

  it('goes on sweeping after a sweep that failed', async () => {
    let sweeps = 0;
    const { handlers } = recorder({
      async sweep() {
        sweeps += 1;
        if (sweeps === 1) throw new Error('the database is away');
      },
    });
    const queue = await openOne({ sweepEveryMs: 200 });

    await queue.work(handlers, 1);

    await vi.waitFor(() => expect(sweeps).toBeGreaterThanOrEqual(3), WAIT);
  });

  it('gives the job of a worker that was killed to another', async () => {
    const { runs, handlers } = recorder();
    const queue = await openOne({ lockMs: 1000 });
    await queue.provision('SA-1', 1);
    const child = spawn(
      process.execPath,
      [DEAD_WORKER, JSON.stringify(ground.place()), ground.prefix],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;

    await queue.work(handlers, 1);

    await vi.waitFor(() => expect(runs).toEqual(['SA-1']), WAIT);
    expect(said.toString()).toContain('SA-1');
  });

  it('waits for what is running when it closes, and starts nothing more', async () => {
    const [begun, finish] = [gate(), gate()];
    const done: string[] = [];
    const { handlers } = recorder({
      async provision(id) {
        begun.open();
        await finish.opened;
        done.push(id);
        return IDLE;
      },
    });
    const queue = await openOne();
    const working = await queue.work(handlers, 1);
    await queue.provision('SA-1', 1);
    await begun.opened;
    await queue.provision('SA-2', 1);

    const closed = working.close();
    finish.open();
    await closed;

    expect(done).toEqual(['SA-1']);
    expect(await queue.depth()).toBe(1);
  });

  it('goes on by itself after all its connections were cut', async () => {
    const proxy = await startProxy(ground.port);
    const { runs, handlers } = recorder();
    const queue = await openOne({}, proxy.port);
    await queue.work(handlers, 1);
    await queue.provision('SA-1', 1);
    await vi.waitFor(() => expect(runs).toEqual(['SA-1']), WAIT);

    proxy.cut();
    await vi.waitFor(() => queue.provision('SA-2', 1), WAIT);

    await vi.waitFor(() => expect(runs).toEqual(['SA-1', 'SA-2']), WAIT);
    await queue.close();
    await proxy.close();
  });

  it('says that it is out of reach instead of waiting for ever, and still closes', async () => {
    const proxy = await startProxy(ground.port);
    const queue = await openOne({ patienceMs: 700 }, proxy.port);
    await queue.ping();
    await proxy.close();

    await expect(queue.provision('SA-1', 1)).rejects.toMatchObject({ code: 'unreachable' });
    await expect(queue.ping()).rejects.toMatchObject({ code: 'unreachable' });
    await expect(queue.depth()).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('counts its jobs by queue and state', async () => {
    const queue = await openOne();

    await queue.provision('SA-1', 1);
    await queue.provision('SA-2', 1, 60_000);
    await queue.render('SA-1', 60_000);

    const counts = (await queue.counts()).filter(({ count }) => count > 0);
    expect(counts).toEqual(
      expect.arrayContaining([
        { queue: 'provision', state: 'waiting', count: 1 },
        { queue: 'provision', state: 'delayed', count: 1 },
        { queue: 'render', state: 'delayed', count: 1 },
      ]),
    );
  });

  it('shows operators its jobs by their ids, with a page that loads nothing from elsewhere', async () => {
    const queue = await openOne();
    await queue.provision('SA-1', 1);
    const url = await serveBoard(queue);

    const page = await fetch(`${url}/`);
    const list = await fetch(`${url}/api/queues?activeQueue=provision&status=waiting&page=1`);
    const job = await fetch(`${url}/api/queues/provision/SA-1-1`);
    const script = /src="(static\/js\/main[^"]+)"/.exec(await page.text())?.[1] ?? 'none';

    expect([page.status, list.status, job.status]).toEqual([200, 200, 200]);
    expect((await fetch(`${url}/${script}`)).status).toBe(200);
    const { queues } = (await list.json()) as BoardAnswer;
    expect(queues.map(({ name }) => name)).toContain('sweep');
    expect(queues.every(({ readOnlyMode }) => readOnlyMode)).toBe(true);
    expect(queues.find(({ name }) => name === 'provision')?.jobs).toMatchObject([
      { id: 'SA-1-1', data: { requestId: 'SA-1' } },
    ]);
  });

  it.each([
    ['PUT', 'api/queues/provision/empty'],
    ['PUT', 'api/queues/provision/pause'],
    ['PUT', 'api/queues/provision/obliterate'],
    ['PUT', 'api/queues/provision/SA-1-1/clean'],
    ['PUT', 'api/queues/provision/promote'],
    ['POST', 'api/queues/provision/add'],
    ['PATCH', 'api/queues/provision/SA-1-1/update-data'],
  ])('lets nobody change anything there: %s %s', async (method, path) => {
    const queue = await openOne();
    await queue.provision('SA-1', 1);
    const url = await serveBoard(queue);

    const body = JSON.stringify({ name: 'x', data: {}, jobData: {}, options: {}, force: true });
    const wish = { method, headers: { 'content-type': 'application/json' }, body };

    const answer = await fetch(`${url}/${path}`, wish);

    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await queue.depth()).toBe(1);
  });

  async function serveBoard(queue: Queue): Promise<string> {
    const server = createHttpServer(queue.board('/operator/queues'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    opened.push({
      async close() {
        server.close();
        server.closeAllConnections();
      },
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
}

interface BoardAnswer {
  readonly queues: readonly {
    readonly name: string;
    readonly readOnlyMode: boolean;
    readonly jobs: readonly unknown[];
  }[];
}

/** Stands between queue and database, to cut the line. */
async function startProxy(target: number) {
  const sockets = new Set<Socket>();

  function keep(socket: Socket): Socket {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    return socket;
  }

  const server = createServer((incoming) => {
    const outgoing = keep(connect(target, '127.0.0.1'));
    keep(incoming).pipe(outgoing).pipe(incoming);
    incoming.on('close', () => outgoing.destroy());
    outgoing.on('close', () => incoming.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  function cut(): void {
    for (const socket of sockets) socket.destroy();
  }

  return {
    port: (server.address() as AddressInfo).port,
    cut,
    async close() {
      server.close();
      cut();
      await Promise.resolve();
    },
  };
}
