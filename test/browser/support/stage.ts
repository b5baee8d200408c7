import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';

import type { Product } from '../../../src/composition/product.ts';
import { createLog } from '../../../src/lib/log.ts';
import { startPage } from '../../../src/sandbox/page/server.ts';
import { createTroubles } from '../../../src/sandbox/page/troubles.ts';
import { PEOPLE } from '../../../src/sandbox/people.ts';
import { openSandboxWorld } from '../../../src/sandbox/run.ts';
import type { Sandbox } from '../../../src/sandbox/run.ts';
import { startWorker } from '../../../src/sandbox/worker.ts';
import type { WorkerControl } from '../../../src/sandbox/worker.ts';
import { freshDatabase } from '../../support/database.ts';
import { openBrowser } from './open-browser.ts';

export type Who = keyof typeof PEOPLE;

/** The sandbox as `npm start` opens it, with a database of its own, and a browser to look at it. */
export interface BrowserStage {
  readonly url: string;
  readonly sandbox: Sandbox;
  readonly product: Product;
  readonly worker: WorkerControl;
  readonly browser: Browser;
  /** A window of this person's own; `place` as in the address after the person. */
  visit(who: Who, place?: string, options?: BrowserContextOptions): Promise<Page>;
  /** Fails when a page complained or anything unexpected was called or shown. */
  expectCleanWorld(): void;
  close(): Promise<void>;
}

// Whatever the page shows has come by then, or never will.
const PATIENCE_MS = 20_000;

export async function openStage(): Promise<BrowserStage> {
  const opened: { close(): Promise<unknown> }[] = [];
  const keep = <T extends { close(): Promise<unknown> }>(part: T): T => {
    opened.push(part);
    return part;
  };
  const complaints: string[] = [];
  const database = keep(await freshDatabase());
  const dataDir = await mkdtemp(join(tmpdir(), 'flow-browser-'));
  const sandbox = keep(
    await openSandboxWorld({
      dataDir,
      databaseUrl: database.url,
      logLevel: 'silent',
      log: createLog('silent'),
      paceScale: 20,
    }),
  );
  const since = new Date().toISOString();
  const product = keep(await sandbox.startProduct({ slack: true, worker: false }));
  const worker = keep(await startWorker(sandbox));
  const troubles = createTroubles(sandbox.outside, sandbox.slack);
  const page = keep(
    await startPage(
      { sandbox, product, worker, troubles, since },
      { report: (error) => complaints.push(String(error)) },
    ),
  );
  const browser = keep(await openBrowser());

  return {
    url: page.url,
    sandbox,
    product,
    worker,
    browser,
    async visit(who, place = 'channel/C0APPROVALS', options = {}) {
      // Modals stay open when a window is closed, as they do in Slack's app.
      const person = sandbox.slack.as(PEOPLE[who].id);
      if (person.view() !== undefined) await person.closeView({ all: true });
      const context = await browser.newContext({
        viewport: { width: 1360, height: 850 },
        ...options,
      });
      context.setDefaultTimeout(PATIENCE_MS);
      const window = await context.newPage();
      window.on('pageerror', (error) => complaints.push(error.message));
      window.on('console', (message) => {
        // A refusal is an answer of the page's server, and Chromium reports it by itself.
        const isRefusal = message.text().includes('status of 422');
        if (message.type() === 'error' && !isRefusal) complaints.push(message.text());
      });
      await window.goto(`${page.url}/#/${PEOPLE[who].id}/${place}`);
      return window;
    },
    expectCleanWorld() {
      expect(complaints).toEqual([]);
      expect(sandbox.slack.unexpected).toEqual([]);
      expect(sandbox.slack.advice).toEqual([]);
      expect(sandbox.outside.servers.flatMap(({ unexpected }) => unexpected)).toEqual([]);
    },
    async close() {
      for (const part of opened.toReversed()) await part.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
