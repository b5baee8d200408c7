import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { confluenceDataCenter } from '../../src/knowledge/confluence-data-center/index.ts';
import { openSandbox } from '../../src/knowledge/confluence-data-center/sandbox.ts';
import type { DataCenterSandbox } from '../../src/knowledge/confluence-data-center/sandbox.ts';
import type { KnowledgeBase } from '../../src/knowledge/knowledge-base.ts';
import { escape } from '../../src/knowledge/storage-format.ts';
import { createLog } from '../../src/lib/log.ts';
import { aPage, describeKnowledge, published } from '../contracts/knowledge-contract.ts';
import type { KnowledgeHarness } from '../contracts/knowledge-contract.ts';

const clock = { now: () => new Date('2026-11-23T09:00:00Z') };
const log = createLog('silent');

function openBase(sandbox: DataCenterSandbox, config: Record<string, unknown> = {}): KnowledgeBase {
  const all = { ...sandbox.config, timeout_ms: 1500, ...config };
  return confluenceDataCenter.open(confluenceDataCenter.schema.parse(all), { clock, log });
}

const current = (sandbox: DataCenterSandbox) =>
  sandbox.pages().filter(({ status, body }) => status === 'current' && body.includes('flow-sa-'));

async function openHarness(): Promise<KnowledgeHarness> {
  const sandbox = await openSandbox({ clock });
  const seen = (isIndex: boolean) =>
    current(sandbox)
      .filter(({ body }) => body.includes('flow-sa-index') === isIndex)
      .toSorted((a, b) => a.title.length - b.title.length)
      .map(({ id, title, body }) => ({
        title,
        text: body,
        url: `${sandbox.server.url}/pages/viewpage.action?pageId=${id}`,
      }));
  return {
    knowledge: openBase(sandbox),
    another: () => openBase(sandbox),
    seen: () => Promise.resolve(seen(false)),
    index: () => Promise.resolve(seen(true)),
    changes: () =>
      sandbox.server.exchanges.filter(({ request }) => request.method !== 'GET').length,
    server: sandbox.server,
    perform: null,
    deleteByHand() {
      for (const { id } of current(sandbox)) sandbox.people.trash(id);
      return Promise.resolve();
    },
    dangerous: /<script|<img|<b>|href="(?!https?:)/,
    escaped: escape,
    faults: () => sandbox.server.unexpected,
    close: () => sandbox.close(),
  };
}

describeKnowledge('Confluence Data Center', openHarness, [
  { method: 'POST', path: '/rest/api/content' },
  { method: 'POST', path: '/property' },
]);

describe('Confluence Data Center', () => {
  let sandbox: DataCenterSandbox;

  beforeEach(async () => {
    sandbox = await openSandbox({ clock });
  });

  afterEach(async () => {
    await sandbox.close();
    if (sandbox.server.unexpected.length > 0) throw new Error(sandbox.server.unexpected.join('\n'));
  });

  test('A page of somebody else with the same title is left alone, ours carries its marker.', async () => {
    const theirs = sandbox.people.addPage(aPage().title);

    await openBase(sandbox).publish(aPage());

    expect(current(sandbox).map(({ title }) => title)).toEqual([
      `${aPage().title} (flow-sa-7k3f9q)`,
    ]);
    expect(theirs.version.number).toBe(1);
  });

  test('A page renamed by hand is found by its marker and gets its title back.', async () => {
    const first = await published(openBase(sandbox).publish(aPage()));
    sandbox.people.rename(first.link.id, 'Our own name for it');
    sandbox.reindex();

    const second = await published(openBase(sandbox).publish(aPage()));

    expect(second.link).toEqual(first.link);
    expect(current(sandbox).map(({ title }) => title)).toEqual([aPage().title]);
  });

  test('An edit that comes between reading and writing is looked at again, not overwritten blindly.', async () => {
    const base = openBase(sandbox);
    const { link } = await published(base.publish(aPage()));
    let edits = 0;
    sandbox.server.onRequest(({ method }) => {
      if (method !== 'PUT' || edits > 0) return;
      edits += 1;
      sandbox.people.edit(link.id, `<p>Between. ${aPage().marker}</p>`);
    });

    await base.publish(aPage({ summary: 'Now it works.' }));

    expect(edits).toBe(1);
    expect(current(sandbox)[0]).toMatchObject({ version: { number: 3 } });
    expect(current(sandbox)[0]?.body).toContain('Now it works.');
  });

  test('Refused sign-ins and missing rights are told apart.', async () => {
    const codes = async (config: Record<string, unknown>): Promise<unknown> =>
      await openBase(sandbox, config)
        .publish(aPage())
        .catch((error: unknown) => (error as { code: unknown }).code);

    const wrongToken = await codes({ token: new Secret('wrong-token') });
    sandbox.setMayAddPages(false);
    const noRight = await codes({});

    expect([wrongToken, noRight]).toEqual(['unauthenticated', 'missing-permission']);
    expect(sandbox.pages()).toEqual([]);
  });

  test('The doctor names a wrong token, an unknown space and an unknown page above.', async () => {
    const wrong = await Promise.all([
      openBase(sandbox, { token: new Secret('wrong-token') }).check(),
      openBase(sandbox, { space: 'NOPE' }).check(),
      openBase(sandbox, { parent_page_id: '1' }).check(),
    ]);

    expect(wrong.map(([finding]) => finding?.level)).toEqual(['problem', 'problem', 'problem']);
    expect(wrong[1]?.[0]?.message).toContain('no space NOPE');
  });
});
