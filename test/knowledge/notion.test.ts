import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import type { KnowledgeBase } from '../../src/knowledge/knowledge-base.ts';
import { clean, richText } from '../../src/knowledge/notion/blocks.ts';
import { notion } from '../../src/knowledge/notion/index.ts';
import { plainText, show } from '../../src/knowledge/notion/sandbox-blocks.ts';
import { openSandbox } from '../../src/knowledge/notion/sandbox.ts';
import type { NotionSandbox, SandboxPage } from '../../src/knowledge/notion/sandbox.ts';
import { createLog } from '../../src/lib/log.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
import { aPage, anEntry, describeKnowledge, published } from '../contracts/knowledge-contract.ts';
import type { KnowledgeHarness } from '../contracts/knowledge-contract.ts';

const clock = { now: () => new Date('2026-11-23T09:00:00Z') };
const lines: string[] = [];
const log = createLog('trace', { write: (line) => lines.push(line) });

function openBase(sandbox: NotionSandbox, config: Record<string, unknown> = {}): KnowledgeBase {
  const slice = notion.schema.parse({ ...sandbox.config, timeout_ms: 1500, ...config });
  return notion.open(slice, { clock, log });
}

const referenceOf = (page: SandboxPage) => show(page.values.get('Reference') ?? []);
const living = (sandbox: NotionSandbox) => sandbox.pages().filter(({ inTrash }) => !inTrash);
const isWrite = (request: { method: string; path: string }) =>
  request.method === 'PATCH' || (request.method === 'POST' && request.path === '/v1/pages');

async function openHarness(): Promise<KnowledgeHarness> {
  const sandbox = await openSandbox({ clock });
  const seen = (isIndex: boolean) =>
    living(sandbox)
      .filter((page) => referenceOf(page).startsWith('flow-sa-index') === isIndex)
      .toSorted((a, b) => referenceOf(a).length - referenceOf(b).length)
      .map((page) => ({
        title: sandbox.titleOf(page),
        text: plainText(page.blocks),
        url: sandbox.urlOf(page),
      }));
  return {
    knowledge: openBase(sandbox),
    another: () => openBase(sandbox),
    seen: () => Promise.resolve(seen(false)),
    index: () => Promise.resolve(seen(true)),
    changes: () => sandbox.server.exchanges.filter(({ request }) => isWrite(request)).length,
    server: sandbox.server,
    perform: null,
    deleteByHand() {
      for (const page of living(sandbox)) page.inTrash = true;
      return Promise.resolve();
    },
    dangerous: /⟦(?!https?:)/,
    escaped: clean,
    faults: () => sandbox.server.unexpected,
    close: () => sandbox.close(),
  };
}

describeKnowledge('Notion', openHarness, [{ method: 'POST', path: '/v1/pages' }]);

describe('Notion', () => {
  let sandbox: NotionSandbox;

  beforeEach(async () => {
    sandbox = await openSandbox({ clock });
  });

  afterEach(async () => {
    await sandbox.close();
    if (sandbox.server.unexpected.length > 0) throw new Error(sandbox.server.unexpected.join('\n'));
  });

  test('The properties that the app needs are added once.', async () => {
    const base = openBase(sandbox);
    await base.publish(aPage());
    await base.publish(aPage({ summary: 'Changed.' }));

    const added = sandbox.server.exchanges.filter(
      ({ request }) => request.method === 'PATCH' && request.path.includes('data_sources'),
    );
    expect(added).toHaveLength(1);
    expect([...sandbox.properties.keys()]).toEqual(['Name', 'Reference', 'Content']);
  });

  const breaks = [
    ['the connection drops after the effect', fault.dropAfterEffect()],
    ['nobody answers in time', fault.hang()],
    ['the server fails', fault.status(503)],
  ] as const;
  const updates = [
    ['emptying the page', '/v1/pages/'],
    ['filling it', '/children'],
  ] as const;

  test.each(
    updates.flatMap(([step, path]) => breaks.map(([what, how]) => ({ step, path, what, how }))),
  )('When $what while $step, the next run fills it once.', async ({ path, how }) => {
    const base = openBase(sandbox);
    await base.publish(aPage());
    sandbox.server.faults.inject({ method: 'PATCH', path, fault: how });

    await base.publish(aPage({ summary: 'Changed.' })).catch(() => undefined);
    await base.publish(aPage({ summary: 'Changed.' }));

    const [page, ...others] = living(sandbox);
    const text = plainText(page?.blocks ?? []);
    expect(others).toEqual([]);
    expect(text.match(/Changed\./g)).toHaveLength(1);
    expect(text).not.toContain('Connects Flow to GitLab acme.');
  });

  test('A long text is cut into pieces that Notion takes, and none is lost.', async () => {
    const text = `${'x'.repeat(1999)}😀${'y'.repeat(4000)}`;

    const pieces = richText(text).map((piece) => piece.text.content);

    expect(pieces.join('')).toBe(text);
    expect(pieces.every((piece) => piece.length <= 2000 && piece.isWellFormed())).toBe(true);
  });

  test('A long index is written in several calls, and cut short it is written anew.', async () => {
    const entries = Array.from({ length: 450 }, (_, n) =>
      anEntry({ account: `account-${n}`, connection: `Git ${n % 120}` }),
    );
    sandbox.server.faults.inject({ path: '/children', fault: fault.dropAfterEffect() });

    await openBase(sandbox)
      .publishIndex({ entries })
      .catch(() => undefined);
    await openBase(sandbox).publishIndex({ entries });

    const [page, ...others] = living(sandbox);
    const text = plainText(page?.blocks ?? []);
    expect(others).toEqual([]);
    expect(text.match(/account-\d+/g)).toHaveLength(450);
  });

  test('Refused sign-ins, what is not shared and missing capabilities are told apart.', async () => {
    const codes = async (config: Record<string, unknown>): Promise<unknown> =>
      await openBase(sandbox, config)
        .publish(aPage())
        .catch((error: unknown) => (error as { code: unknown }).code);

    const wrongToken = await codes({ token: new Secret('ntn_wrong') });
    sandbox.setMayInsert(false);
    const noRight = await codes({});
    sandbox.setShared(false);
    const notShared = await codes({});

    expect([wrongToken, noRight, notShared]).toEqual([
      'unauthenticated',
      'missing-permission',
      'not-found',
    ]);
    expect(sandbox.pages()).toEqual([]);
  });

  test('The doctor names what is not shared, and a property that stands in the way.', async () => {
    sandbox.properties.set('Reference', 'number');
    const taken = await openBase(sandbox).check();
    const attempt = openBase(sandbox).publish(aPage());
    await expect(attempt).rejects.toMatchObject({ code: 'invalid-config' });
    sandbox.setShared(false);
    const notShared = await openBase(sandbox).check();

    expect(taken[0]?.advice).toContain('Reference');
    expect(notShared[0]?.message).toContain('Share the database');
  });

  test('A page edited by hand keeps its place when its facts change.', async () => {
    const base = openBase(sandbox);
    const first = await published(base.publish(aPage()));
    const [page] = living(sandbox);
    if (page !== undefined) page.blocks = [];

    const second = await published(base.publish(aPage({ summary: 'Changed.' })));

    expect(second).toEqual(first);
    expect(plainText(living(sandbox)[0]?.blocks ?? [])).toContain('Changed.');
  });

  test('The token shows neither in what is logged nor in what is thrown.', async () => {
    sandbox.server.faults.inject({ fault: fault.status(500) });

    const error = await openBase(sandbox)
      .publish(aPage())
      .catch((thrown: unknown) => thrown);

    const token = (sandbox.config['token'] as Secret).reveal();
    const shown = JSON.stringify(error, Object.getOwnPropertyNames(error)) + lines.join('');
    expect(shown).not.toContain(token);
  });
});
