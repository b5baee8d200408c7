import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { githubDocs } from '../../src/knowledge/github-docs/index.ts';
import { openSandbox } from '../../src/knowledge/github-docs/sandbox.ts';
import type { GitHubDocsSandbox } from '../../src/knowledge/github-docs/sandbox.ts';
import type { KnowledgeBase } from '../../src/knowledge/knowledge-base.ts';
import { createLog } from '../../src/lib/log.ts';
import { aPage, anEntry, describeKnowledge, published } from '../contracts/knowledge-contract.ts';
import type { KnowledgeHarness } from '../contracts/knowledge-contract.ts';
import { INDEX_FILE, MARKDOWN, markdownSeen } from './markdown-seen.ts';

const clock = { now: () => new Date('2026-11-23T09:00:00Z') };
const lines: string[] = [];
const log = createLog('trace', { write: (line) => lines.push(line) });
const FILE = 'flow-service-accounts/flow-sa-7k3f9q.md';

function openBase(sandbox: GitHubDocsSandbox, config: Record<string, unknown> = {}): KnowledgeBase {
  const slice = githubDocs.schema.parse({ ...sandbox.config, timeout_ms: 1500, ...config });
  return githubDocs.open(slice, { clock, log });
}

/** Files of ours as people see them: merged, or else proposed with the pull request's link. */
function seenIn(sandbox: GitHubDocsSandbox, isIndex: boolean) {
  const root = sandbox.server.url;
  const main = sandbox.branches.get('main')?.files ?? new Map<string, string>();
  const merged = [...main].map(([file, text]) => ({ file, text, url: sandbox.urlOf(file) }));
  const proposed = sandbox.pulls
    .filter(({ state }) => state === 'open')
    .flatMap(({ number, head }) =>
      [...(sandbox.branches.get(head)?.files ?? [])]
        .filter(([file]) => !main.has(file))
        .map(([file, text]) => ({ file, text, url: `${root}/acme/docs/pull/${number}` })),
    );
  return [...merged, ...proposed]
    .filter(({ file }) => file.startsWith('flow-service-accounts/'))
    .filter(({ file }) => INDEX_FILE.test(file) === isIndex)
    .toSorted((a, b) => a.file.length - b.file.length)
    .map(({ text, url }) => markdownSeen(text, url));
}

async function openHarness(protection: 'ruleset' | null): Promise<KnowledgeHarness> {
  const sandbox = await openSandbox({ clock });
  sandbox.setProtection(protection);
  return {
    ...MARKDOWN,
    knowledge: openBase(sandbox),
    another: () => openBase(sandbox),
    seen: () => Promise.resolve(seenIn(sandbox, false)),
    index: () => Promise.resolve(seenIn(sandbox, true)),
    changes: () =>
      sandbox.server.exchanges.filter(({ request }) => request.method !== 'GET').length,
    server: sandbox.server,
    perform: null,
    deleteByHand() {
      for (const file of sandbox.branches.get('main')?.files.keys() ?? []) {
        if (file.startsWith('flow-')) sandbox.people.remove(file);
      }
      sandbox.people.close();
      return Promise.resolve();
    },
    faults: () => sandbox.server.unexpected,
    close: () => sandbox.close(),
  };
}

const PUT = { method: 'PUT', path: '/contents/' };

describeKnowledge('A GitHub repository', () => openHarness(null), [PUT]);
describeKnowledge('A GitHub repository behind pull requests', () => openHarness('ruleset'), [
  { method: 'POST', path: '/git/refs' },
  PUT,
  { method: 'POST', path: '/pulls' },
]);

describe('A GitHub repository', () => {
  let sandbox: GitHubDocsSandbox;

  beforeEach(async () => {
    sandbox = await openSandbox({ clock });
  });

  afterEach(async () => {
    await sandbox.close();
    if (sandbox.server.unexpected.length > 0) throw new Error(sandbox.server.unexpected.join('\n'));
  });

  const textOf = (file = FILE) => sandbox.branches.get('main')?.files.get(file);
  const puts = () =>
    sandbox.server.exchanges.filter(({ request }) => request.method === 'PUT').length;

  test('A commit in between makes it look again, whichever file it changed.', async () => {
    let commits = 0;
    sandbox.server.onRequest(({ method }) => {
      if (method !== 'PUT' || commits > 0) return;
      commits += 1;
      sandbox.people.write(FILE, `---\nmarker: ${aPage().marker}\n---\nEdited by hand.\n`);
    });

    await openBase(sandbox).publish(aPage());

    expect(commits).toBe(1);
    expect(puts()).toBe(2);
    expect(textOf()).toContain('Connects Flow to GitLab acme');
    expect(textOf()).not.toContain('Edited by hand');
  });

  test('Many pages at once from one process are committed one after another.', async () => {
    const base = openBase(sandbox);
    const markers = Array.from({ length: 12 }, (_, n) => `flow-sa-${String(n).padStart(6, '0')}`);
    let running = 0;
    let most = 0;
    sandbox.server.onRequest(async ({ method }) => {
      if (method !== 'PUT') return;
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
    });

    await Promise.all(markers.map((marker) => base.publish(aPage({ marker }))));

    expect(most).toBe(1);
    expect(puts()).toBe(markers.length);
  });

  test('A file that is not ours is left alone.', async () => {
    sandbox.people.write(FILE, '# Notes\n');

    const attempt = openBase(sandbox).publish(aPage());

    await expect(attempt).rejects.toMatchObject({ code: 'name-taken' });
    expect(textOf()).toBe('# Notes\n');
  });

  test.each(['classic', 'ruleset'] as const)(
    'A branch protected by %s rules gets a pull request; once merged, the link is the file.',
    async (protection) => {
      sandbox.setProtection(protection);
      const base = openBase(sandbox);
      const first = await published(base.publish(aPage()));
      await base.publish(aPage({ summary: 'Now it works.' }), { link: first.link, answers: {} });
      const opened = sandbox.pulls.length;
      sandbox.people.merge();

      const merged = await published(
        base.publish(aPage({ summary: 'Now it works.' }), { link: first.link, answers: {} }),
      );

      expect(opened).toBe(1);
      expect(first.link.url).toContain('/pull/1');
      expect(merged).toEqual({ link: { id: FILE, url: sandbox.urlOf(FILE) }, wasDeleted: false });
      expect(textOf()).toContain('Now it works');
      expect(sandbox.pulls).toHaveLength(1);
    },
  );

  test('After a merge the next change is a new pull request that begins at the present branch.', async () => {
    sandbox.setProtection('ruleset');
    const base = openBase(sandbox);
    await base.publish(aPage());
    sandbox.people.merge();
    sandbox.people.write('other.md', 'Something else.');

    const { link } = await published(base.publish(aPage({ summary: 'Changed.' })));

    const branch = sandbox.branches.get('flow-service-accounts/flow-sa-7k3f9q');
    expect(sandbox.pulls.map(({ state }) => state)).toEqual(['closed', 'open']);
    expect(branch?.files.get('other.md')).toBe('Something else.');
    expect(link.url).toBe(sandbox.urlOf(FILE));
  });

  test('The index links to the pages.', async () => {
    const base = openBase(sandbox);
    const { link } = await published(base.publish(aPage()));

    const index = await base.publishIndex({ entries: [anEntry({ url: link.url })] });

    expect(index).toEqual({
      id: 'flow-service-accounts/index.md',
      url: sandbox.urlOf('flow-service-accounts/index.md'),
    });
    expect(textOf('flow-service-accounts/index.md')).toContain('flow-sa-7k3f9q.md');
  });

  test('Refused sign-ins, unknown branches and missing rights are told apart.', async () => {
    const codes = async (config: Record<string, unknown>): Promise<unknown> =>
      await openBase(sandbox, config)
        .publish(aPage())
        .catch((error: unknown) => (error as { code: unknown }).code);

    const wrongToken = await codes({ auth: { token: new Secret('ghp_wrong') } });
    const wrongBranch = await codes({ branch: 'nope' });
    sandbox.setPushAllowed(false);
    const noRight = await codes({});

    expect([wrongToken, wrongBranch, noRight]).toEqual([
      'unauthenticated',
      'invalid-config',
      'missing-permission',
    ]);
  });

  test('The doctor says how pages get there, and names what is missing.', async () => {
    const direct = await openBase(sandbox).check();
    sandbox.setProtection('ruleset');
    const pulls = await openBase(sandbox).check();
    sandbox.setPushAllowed(false);
    const noRight = await openBase(sandbox).check();
    const noBranch = await openBase(sandbox, { branch: 'nope' }).check();

    expect(direct[0]?.message).toContain('committed to');
    expect(pulls[0]?.message).toContain('pull requests');
    expect([noRight, noBranch].map(([finding]) => finding?.level)).toEqual(['problem', 'problem']);
  });

  test('A rate limit is passed on with the wait that was asked for.', async () => {
    const answer = { status: 403, body: {}, headers: { 'retry-after': '9' } };
    const fault = { kind: 'status', answer, afterEffect: false } as const;
    sandbox.server.faults.inject({ method: 'PUT', fault });

    const attempt = openBase(sandbox).publish(aPage());

    await expect(attempt).rejects.toMatchObject({ code: 'rate-limited', retryAfterMs: 9000 });
  });

  test('The token shows neither in what is logged nor in what is thrown.', async () => {
    await sandbox.close();

    const error = await openBase(sandbox)
      .publish(aPage())
      .catch((thrown: unknown) => thrown);

    const { token } = sandbox.config['auth'] as { token: Secret };
    const shown = JSON.stringify(error, Object.getOwnPropertyNames(error)) + lines.join('');
    expect(shown).not.toContain(token.reveal());
  });

  test.each(['../up', '/root', 'a//b', 'a/../b', ''])(
    'A folder that is none is refused: %j',
    (path) => {
      const config = { ...sandbox.config, path };

      expect(githubDocs.schema.safeParse(config).success).toBe(false);
    },
  );
});
