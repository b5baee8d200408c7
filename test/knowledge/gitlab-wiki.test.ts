import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { gitlabWiki } from '../../src/knowledge/gitlab-wiki/index.ts';
import { openSandbox } from '../../src/knowledge/gitlab-wiki/sandbox.ts';
import type { GitLabWikiSandbox } from '../../src/knowledge/gitlab-wiki/sandbox.ts';
import type { KnowledgeBase } from '../../src/knowledge/knowledge-base.ts';
import { createLog } from '../../src/lib/log.ts';
import { aPage, describeKnowledge } from '../contracts/knowledge-contract.ts';
import type { KnowledgeHarness } from '../contracts/knowledge-contract.ts';
import { INDEX_FILE, MARKDOWN, markdownSeen } from './markdown-seen.ts';

const clock = { now: () => new Date('2026-11-23T09:00:00Z') };
const lines: string[] = [];
const log = createLog('trace', { write: (line) => lines.push(line) });
const SLUG = 'flow-service-accounts/flow-sa-7k3f9q';

function openBase(sandbox: GitLabWikiSandbox, config: Record<string, unknown> = {}): KnowledgeBase {
  const slice = gitlabWiki.schema.parse({ ...sandbox.config, timeout_ms: 1500, ...config });
  return gitlabWiki.open(slice, { clock, log });
}

async function openHarness(): Promise<KnowledgeHarness> {
  const sandbox = await openSandbox({ clock });
  const seen = (isIndex: boolean) =>
    [...sandbox.pages]
      .filter(([slug]) => slug.startsWith('flow-') && INDEX_FILE.test(slug) === isIndex)
      .toSorted(([a], [b]) => a.length - b.length)
      .map(([slug, text]) => markdownSeen(text, sandbox.urlOf(slug)));
  return {
    ...MARKDOWN,
    knowledge: openBase(sandbox),
    another: () => openBase(sandbox),
    seen: () => Promise.resolve(seen(false)),
    index: () => Promise.resolve(seen(true)),
    changes: () =>
      sandbox.server.exchanges.filter(({ request }) => request.method !== 'GET').length,
    server: sandbox.server,
    perform: null,
    deleteByHand() {
      for (const slug of sandbox.pages.keys()) {
        if (slug.startsWith('flow-')) sandbox.pages.delete(slug);
      }
      return Promise.resolve();
    },
    faults: () => sandbox.server.unexpected,
    close: () => sandbox.close(),
  };
}

describeKnowledge('A GitLab wiki', openHarness, [{ method: 'POST', path: '/wikis' }]);

describe('A GitLab wiki', () => {
  let sandbox: GitLabWikiSandbox;

  beforeEach(async () => {
    sandbox = await openSandbox({ clock });
  });

  afterEach(async () => {
    await sandbox.close();
    if (sandbox.server.unexpected.length > 0) throw new Error(sandbox.server.unexpected.join('\n'));
  });

  test('A page that GitLab only claims to have created is looked at and brought up to date.', async () => {
    let made = 0;
    sandbox.server.onRequest(({ method }) => {
      if (method !== 'POST') return;
      made += 1;
      sandbox.pages.set(SLUG, `---\nmarker: ${aPage().marker}\n---\nMade a moment before.\n`);
    });

    await openBase(sandbox).publish(aPage());

    expect(made).toBe(1);
    expect(sandbox.pages.get(SLUG)).toContain('Connects Flow to GitLab acme');
  });

  test('A page edited by hand is set right; an unchanged one is not written again.', async () => {
    const base = openBase(sandbox);
    await base.publish(aPage());
    sandbox.pages.set(SLUG, `---\nmarker: ${aPage().marker}\n---\nEdited.\n`);

    await base.publish(aPage());
    const writes = sandbox.server.exchanges.length;
    await base.publish(aPage());

    expect(sandbox.pages.get(SLUG)).not.toContain('Edited');
    expect(
      sandbox.server.exchanges.slice(writes).filter(({ request }) => request.method !== 'GET'),
    ).toEqual([]);
  });

  test('A page of that name which is not ours is left alone.', async () => {
    sandbox.pages.set(SLUG, 'Our notes');

    const attempt = openBase(sandbox).publish(aPage());

    await expect(attempt).rejects.toMatchObject({ code: 'name-taken' });
    expect(sandbox.pages.get(SLUG)).toBe('Our notes');
  });

  test('References of GitLab in a text stay text.', async () => {
    const summary = '@all #12 !34 $56 %78 ~bug &9 [[home]] :smile:';

    await openBase(sandbox).publish(aPage({ summary }));

    const text = sandbox.pages.get(SLUG)?.split('\n---\n')[1] ?? '';
    expect(text).toContain(String.raw`\@all \#12 \!34 \$56 \%78 \~bug \&9 \[\[home\]\] \:smile\:`);
  });

  test('Refused sign-ins, unknown projects and missing rights are told apart.', async () => {
    const codes = async (config: Record<string, unknown>): Promise<unknown> =>
      await openBase(sandbox, config)
        .publish(aPage())
        .catch((error: unknown) => (error as { code: unknown }).code);

    const wrongToken = await codes({ token: new Secret('glpat-wrong') });
    const wrongProject = await codes({ project: 'acme/nope' });
    sandbox.setAccessLevel(20);
    const noRole = await codes({});
    sandbox.setAccessLevel(30);
    sandbox.setScope('read_api');
    const noScope = await codes({});

    expect([wrongToken, wrongProject, noRole, noScope]).toEqual([
      'unauthenticated',
      'not-found',
      'missing-permission',
      'missing-permission',
    ]);
    expect([...sandbox.pages.keys()]).toEqual(['home']);
  });

  test('The doctor names a wiki that is switched off and a role that is too small.', async () => {
    sandbox.setAccessLevel(20);
    const noRole = await openBase(sandbox).check();
    sandbox.setEnabled(false);
    const off = await openBase(sandbox).check();
    const noProject = await openBase(sandbox, { project: 'acme/nope' }).check();

    expect([noRole, off, noProject].map(([finding]) => finding?.level)).toEqual([
      'problem',
      'problem',
      'problem',
    ]);
    expect(off[0]?.message).toContain('switched off');
  });

  test('The token shows neither in what is logged nor in what is thrown.', async () => {
    sandbox.server.faults.inject({
      fault: { kind: 'status', answer: { status: 500 }, afterEffect: false },
    });

    const error = await openBase(sandbox)
      .publish(aPage())
      .catch((thrown: unknown) => thrown);

    const token = (sandbox.config['token'] as Secret).reveal();
    const shown = JSON.stringify(error, Object.getOwnPropertyNames(error)) + lines.join('');
    expect(shown).not.toContain(token);
  });
});
