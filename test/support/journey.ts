import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'vitest';

import type { Product } from '../../src/composition/product.ts';
import { FINAL_STATES } from '../../src/domain/request.ts';
import type { Request, State } from '../../src/domain/request.ts';
import { createLog } from '../../src/lib/log.ts';
import { doTask, openTaskOf } from '../../src/sandbox/hands.ts';
import { CHANNEL, PEOPLE } from '../../src/sandbox/people.ts';
import { openSandboxWorld } from '../../src/sandbox/run.ts';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/run.ts';
import { renderMessage } from '../../src/sandbox/slack/render-text.ts';
import type { Message } from '../../src/sandbox/slack/world.ts';
import { fillOrder } from './fill-order.ts';
import type { FormOrder } from './fill-order.ts';
import { freshDatabase } from './database.ts';
import type { FreshDatabase } from './database.ts';

export type JourneyOptions = Partial<
  Pick<SandboxOptions, 'policy' | 'clock' | 'slack' | 'change' | 'blocks' | 'redisUrl'>
>;

/** A whole product in a sandbox world of its own, and people who use it as people do. */
export interface Journey {
  readonly sandbox: Sandbox;
  readonly product: Product;
  readonly database: FreshDatabase;
  /** Everything that was logged, one JSON line each. */
  readonly log: readonly string[];
  /** Command → modal → submit, as the requester unless told otherwise. */
  ask(order: FormOrder, who?: keyof typeof PEOPLE): Promise<Request>;
  /** Clicks Approve on the card. */
  approve(request: Request, who?: keyof typeof PEOPLE): Promise<void>;
  /** The request once it is in one of these states. */
  until(request: Request, ...states: State[]): Promise<Request>;
  /** Does every task that comes up until the request is over (or failed). */
  finish(request: Request): Promise<Request>;
  /** The card and its thread once `text` appears in it, as a person reads them. */
  read(request: Request, text: string | RegExp): Promise<string>;
  card(request: Request): Message | undefined;
  /** Fails when anything unexpected was called or shown anywhere. */
  expectCleanWorld(): void;
  close(): Promise<void>;
}

const PATIENCE_MS = 25_000;

export async function startJourney(options: JourneyOptions = {}): Promise<Journey> {
  const database = await freshDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'flow-journey-'));
  const log: string[] = [];
  const sandbox = await openSandboxWorld({
    dataDir,
    databaseUrl: database.url,
    log: createLog('info', { write: (line) => log.push(line) }),
    // Nobody waits for Slack's limits where this Slack does not count them.
    paceScale: options.slack?.rateLimits === 'published' ? 1 : 20,
    ...options,
  });
  const product = await sandbox.startProduct();
  const { slack } = sandbox;

  function card(request: Request): Message | undefined {
    return slack
      .messages(CHANNEL.id)
      .find(({ blocks }) => JSON.stringify(blocks).includes(request.id));
  }

  async function until(request: Request, ...states: State[]): Promise<Request> {
    return eventually(`${request.id} to be ${states.join(' or ')}`, async () => {
      const current = await product.records.get(request.id);
      return states.includes(current.state) ? current : undefined;
    });
  }

  return {
    sandbox,
    product,
    database,
    log,
    card,
    until,
    async ask(order, who = 'requester') {
      const before = new Set((await product.requests.list(null)).map(({ id }) => id));
      await fillOrder(slack.as(PEOPLE[who].id), order);
      const result = await slack.as(PEOPLE[who].id).submit();
      expect(result).toEqual({ outcome: 'updated' });
      return eventually('the request in the records', async () =>
        (await product.requests.list(null)).find(({ id }) => !before.has(id)),
      );
    },
    async approve(request, who = 'approver') {
      const message = await slack.waitFor(() => card(request), {
        timeoutMs: PATIENCE_MS,
        what: `the card of ${request.id}`,
      });
      await slack.as(PEOPLE[who].id).click('approve', { message });
    },
    async finish(request) {
      return eventually(`${request.id} to be over`, async () => {
        const current = await product.records.get(request.id);
        if ([...FINAL_STATES, 'failed'].includes(current.state)) return current;
        const todo = openTaskOf(current);
        // Null while a check somebody asked for is under way.
        if (todo !== undefined && todo.task.checkedAt !== null)
          await doTask(sandbox, current, todo);
        return undefined;
      });
    },
    async read(request, text) {
      const wanted = (all: string): boolean =>
        typeof text === 'string' ? all.includes(text) : text.test(all);
      return slack.waitFor(
        () => {
          const root = card(request);
          if (root === undefined) return undefined;
          const all = [root, ...slack.thread(CHANNEL.id, root.ts)]
            .map((message) => renderMessage(message))
            .join('\n---\n');
          return wanted(all) ? all : undefined;
        },
        { timeoutMs: PATIENCE_MS, what: `${String(text)} in the thread of ${request.id}` },
      );
    },
    expectCleanWorld() {
      expect(slack.unexpected).toEqual([]);
      expect(slack.advice).toEqual([]);
      expect(sandbox.outside.servers.flatMap(({ unexpected }) => unexpected)).toEqual([]);
    },
    async close() {
      await product.close();
      await sandbox.close();
      await database.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Looks again and again until there is something; the records have no events to wait for. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() > end) throw new Error(`Waited in vain for ${what}.`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}
