import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';

import type { Product } from '../../src/composition/product.ts';
import { marker } from '../../src/domain/naming.ts';
import type { Request, State } from '../../src/domain/request.ts';
import { createLog } from '../../src/lib/log.ts';
import { openTaskOf, whereItIsDone } from '../../src/sandbox/hands.ts';
import { PEOPLE } from '../../src/sandbox/people.ts';
import { openSandboxWorld } from '../../src/sandbox/run.ts';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/run.ts';
import { freshDatabase } from '../support/database.ts';
import type { FreshDatabase } from '../support/database.ts';
import { eventually } from '../support/journey.ts';
import { member } from '../support/mortal-world.ts';
import { startWorker } from '../support/worker.ts';

let database: FreshDatabase;
let dataDir: string;
let sandbox: Sandbox;
const open: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  database = await freshDatabase();
  dataDir = await mkdtemp(join(tmpdir(), 'flow-processes-'));
});
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close();
  await database.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function openWorld(change: Partial<SandboxOptions> = {}): Promise<void> {
  const log = createLog('silent');
  sandbox = await openSandboxWorld({ dataDir, databaseUrl: database.url, log, ...change });
  open.push(sandbox);
}

async function start(parts: { slack: boolean; worker: boolean }): Promise<Product> {
  const product = await sandbox.startProduct(parts);
  open.push(product);
  return product;
}

const APP = { slack: true, worker: false };
const WORKER = { slack: false, worker: true };
const BOTH = { slack: true, worker: true };

async function ask({ requests }: Product, localPart = 'flow-integrations'): Promise<string> {
  const scope = sandbox.outside.gitlab.scopeItem('acme/platform');
  const submitted = await requests.submit({
    by: member(PEOPLE.requester.id),
    dedupeKey: localPart,
    order: {
      kind: 'integration',
      localPart,
      purpose: `Flow reads repositories as ${localPart}.`,
      owner: PEOPLE.owner.id,
      rotationDays: '90',
      connection: 'gitlab',
      access: 'contributor',
      services: ['repositories'],
      scope: [`${scope.kind}|${scope.id}|${scope.name}`],
    },
  });
  if (submitted.kind !== 'created') throw new Error(JSON.stringify(submitted));
  return submitted.request.id;
}

async function approve({ requests }: Product, id: string): Promise<void> {
  await requests.decide(id, member(PEOPLE.approver.id), 'approve', null);
}

/** Sweeps, as happens every few seconds, and does what people must do, until it is so far. */
function until(app: Product, id: string, ...states: State[]): Promise<Request> {
  return eventually(`${id} to be ${states.join(' or ')}`, async () => {
    const request = await app.records.get(id);
    if (states.includes(request.state)) return request;
    await app.sweep();
    const todo = openTaskOf(request);
    if (todo !== undefined && todo.task.checkedAt !== null) {
      const about = { address: request.order.address, marker: marker(id) };
      const { answers } = await whereItIsDone(sandbox.outside, request, todo).perform(
        todo.task,
        about,
      );
      await app.requests.completeTask(id, todo.step, member(todo.task.assignee), answers);
    }
    return undefined;
  });
}

async function stepsDone(app: Product, id: string): Promise<unknown[]> {
  const entries = await app.records.audit.list({ subject: id, actions: ['step-done'] });
  return entries.map(({ details }) => details['step']);
}

function livingTokens(): number {
  const { state, ownToken } = sandbox.outside.gitlab;
  return state.tokens.filter((token) => token !== ownToken && !token.revoked).length;
}

function accounts(): number {
  return sandbox.outside.gitlab.state.users.filter(({ serviceOf }) => serviceOf !== null).length;
}

const PLAN_LENGTH = 10;

describe('A worker process that is killed while the vendor makes the token', () => {
  it('is replaced by another, and one token is left', async () => {
    await openWorld();
    const app = await start(APP);
    const doomed = await startWorker(sandbox);
    const { promise: dead, resolve } = Promise.withResolvers<void>();
    let mints = 0;
    sandbox.outside.gitlab.servers[0]?.onRequest(async ({ method, path }) => {
      if (method !== 'POST' || !path.endsWith('/personal_access_tokens')) return;
      mints += 1;
      if (mints === 1) await doomed.kill().then(resolve);
    });
    const id = await ask(app);
    await approve(app, id);
    await dead;

    await start(WORKER);
    const finished = await until(app, id, 'done', 'failed');

    expect(finished.failure).toBeNull();
    expect(mints).toBe(2);
    expect([accounts(), livingTokens()]).toEqual([1, 1]);
    expect(await stepsDone(app, id)).toHaveLength(PLAN_LENGTH);
    expect(await app.records.audit.verify()).toBeUndefined();
  });
});

describe('Two workers in two processes', () => {
  it('never do the same step twice, however often it is asked for', async () => {
    await openWorld();
    const app = await start(BOTH);
    const other = await startWorker(sandbox);
    const ids = [
      await ask(app, 'flow-one'),
      await ask(app, 'flow-two'),
      await ask(app, 'flow-three'),
    ];
    for (const id of ids) await approve(app, id);

    for (let copy = 0; copy < 20; copy += 1) {
      for (const id of ids) await app.queue.provision(id, 1000 + copy);
    }
    const finished = await Promise.all(ids.map((id) => until(app, id, 'done', 'failed')));

    expect(finished.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    for (const id of ids) expect(new Set(await stepsDone(app, id)).size).toBe(PLAN_LENGTH);
    for (const id of ids) expect(await stepsDone(app, id)).toHaveLength(PLAN_LENGTH);
    expect([accounts(), livingTokens()]).toEqual([3, 3]);
    const mints = sandbox.outside.gitlab.servers[0]?.exchanges.filter(
      ({ route, answer }) => route?.endsWith('personal_access_tokens') && answer.status === 201,
    );
    expect(mints).toHaveLength(3);
    await other.kill();
  });
});

describe('An app that was away', () => {
  it('goes on with what waited, and ends what nobody decided in time', async () => {
    let now = Date.now();
    await openWorld({ clock: { now: () => new Date(now) } });
    const before = await sandbox.startProduct(BOTH);
    const waiting = await ask(before, 'flow-waiting');
    const undecided = await ask(before, 'flow-undecided');
    await approve(before, waiting);
    await eventually('the task for Flow', async () => {
      const { state, steps } = await before.records.get(waiting);
      now += 1000;
      await before.sweep();
      return state === 'waiting' &&
        steps.some(({ id, state: at }) => id === 'flow-integration' && at === 'human')
        ? true
        : undefined;
    });
    await before.close();

    now += 4 * 86_400_000;
    const after = await start(BOTH);
    const expired = await until(after, undecided, 'expired');
    const done = await until(after, waiting, 'done', 'failed');

    expect(expired.state).toBe('expired');
    expect(done).toMatchObject({ state: 'done', failure: null });
    expect([accounts(), livingTokens()]).toEqual([1, 1]);
  });
});

// Without any Redis on this machine the suite is left out; the run has said so at its start.
const servers = inject('redisUrl') === '' ? [] : ['Redis'];
const OUR_OWN = 9;

describe.each(servers)('A %s that forgets everything', () => {
  it('in the middle loses nothing: the sweep fills the queue again', async () => {
    const redisUrl = new URL(inject('redisUrl'));
    redisUrl.pathname = `/${OUR_OWN}`;
    const redis = new Redis(redisUrl.href);
    open.push({ close: async () => void (await redis.quit()) });
    await redis.flushdb();
    await openWorld({ redisUrl: redisUrl.href });
    const app = await start(BOTH);
    let flushed = false;
    sandbox.outside.gitlab.servers[0]?.onRequest(async () => {
      if (!flushed) await redis.flushdb();
      flushed = true;
    });
    const id = await ask(app);
    await approve(app, id);

    const finished = await until(app, id, 'done', 'failed');

    expect(flushed).toBe(true);
    expect(finished).toMatchObject({ state: 'done', failure: null });
    expect([accounts(), livingTokens()]).toEqual([1, 1]);
  });
});
