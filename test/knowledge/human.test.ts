import { describe, expect, test } from 'vitest';

import { human } from '../../src/knowledge/human/index.ts';
import { openSandbox } from '../../src/knowledge/human/sandbox.ts';
import { createLog } from '../../src/lib/log.ts';
import { aPage, describeKnowledge } from '../contracts/knowledge-contract.ts';
import type { KnowledgeHarness } from '../contracts/knowledge-contract.ts';

const deps = { clock: { now: () => new Date('2026-11-23T09:00:00Z') }, log: createLog('silent') };
const CONFIG = { system: 'the team wiki', hosts: ['wiki.example.com'] };
const LINK = { id: 'https://wiki.example.com/1', url: 'https://wiki.example.com/1' };

function openBase(config: Record<string, unknown> = CONFIG) {
  return human.open(human.schema.parse(config), deps);
}

async function openHarness(): Promise<KnowledgeHarness> {
  const sandbox = await openSandbox(deps);
  return {
    knowledge: openBase(sandbox.config),
    another: () => openBase(sandbox.config),
    seen: () => Promise.resolve([...sandbox.pages.values()]),
    index: null,
    changes: () => sandbox.writes(),
    server: null,
    perform: (task) => sandbox.answers(task),
    deleteByHand: () => Promise.resolve(sandbox.pages.clear()),
    // Slack's renderer escapes what a task says; the person copies plain text.
    dangerous: /(?!)/,
    escaped: (text) => text,
    faults: () => [],
    close: () => sandbox.close(),
  };
}

describeKnowledge('A person', openHarness, []);

describe('A page that a person writes', () => {
  test.each([
    ['looks like a token', 'https://wiki.example.com/ghp_abcdefgh', /looks like a secret/],
    ['is a long random word', 'aB3dE5fG7hI9jK1lM3nO5pQ7', /looks like a secret/],
    ['is not a link', 'in the wiki', /https:/],
    ['is not encrypted', 'http://wiki.example.com/1', /https:/],
    ['names a user', 'https://me:pw@wiki.example.com/1', /user name/],
    ['is elsewhere', 'https://phish.example/1', /not on wiki\.example\.com/],
    ['is below another host', 'https://wiki.example.com.phish.example/1', /not on/],
    ['is at another port', 'https://wiki.example.com:8443/1', /not on/],
    ['is too long', `https://wiki.example.com/${'a/'.repeat(300)}`, /https:/],
  ])('is not taken at an address that %s', async (_what, answer, finding) => {
    const outcome = await openBase().publish(aPage(), {
      link: null,
      answers: { page_url: answer },
    });

    expect(outcome).toMatchObject({
      kind: 'human',
      task: { id: 'write-page', finding: expect.stringMatching(finding) as string },
    });
    expect(JSON.stringify(outcome)).not.toContain(answer);
  });

  test('is described whole, with where the credential is and never what it is', async () => {
    const outcome = await openBase().publish(aPage(), { link: null, answers: {} });

    const text = JSON.stringify(outcome);
    for (const part of [aPage().title, 'Team Platform', 'Every 90 days.', aPage().secret?.url]) {
      expect(text).toContain(part);
    }
    expect(outcome).toMatchObject({ kind: 'human', task: { role: 'owner', pollMs: null } });
  });

  test('is asked for again with other facts as another task, so that an old answer does not count', async () => {
    const first = await openBase().publish(aPage(), { link: LINK, answers: {} });
    const second = await openBase().publish(aPage({ status: 'being set up' }), {
      link: LINK,
      answers: {},
    });

    const ids = [first, second].map((outcome) => outcome.kind === 'human' && outcome.task.id);
    expect(new Set(ids).size).toBe(2);
  });

  test('becomes history only when the person says so', async () => {
    const asked = await openBase().archive(aPage(), { link: LINK, answers: {} });
    const vague = await openBase().archive(aPage(), {
      link: LINK,
      answers: { page_closed: 'later' },
    });

    expect(asked).toMatchObject({ kind: 'human', task: { finding: null } });
    expect(vague).toMatchObject({
      kind: 'human',
      task: { finding: expect.stringContaining('closed') as string },
    });
  });

  test.each([[[]], [['https://wiki.example.com']], [['wiki']]])(
    'needs hosts that are hosts: %j',
    (hosts) => {
      expect(human.schema.safeParse({ hosts }).success).toBe(false);
    },
  );
});
