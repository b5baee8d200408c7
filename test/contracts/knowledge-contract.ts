import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { PageLink } from '../../src/domain/account.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import type { AccountIndex, AccountPage, IndexEntry } from '../../src/domain/page.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { HumanTask } from '../../src/domain/task.ts';
import type { Earlier, KnowledgeBase, Published } from '../../src/knowledge/knowledge-base.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
import type { SandboxServer } from '../../src/sandbox/kit/server.ts';

/** One published page as people find it. */
interface SeenPage {
  readonly title: string;
  readonly url: string;
  /** Its source text. */
  readonly text: string;
}

/** One knowledge base with its outside system, opened for one test. */
export interface KnowledgeHarness {
  readonly knowledge: KnowledgeBase;
  /** A second instance on the same outside system, as another process has it. */
  another(): KnowledgeBase;
  /** The pages that exist and are not in a trash or an archive; no index, none of other people's. */
  seen(): Promise<readonly SeenPage[]>;
  /** The pages of the index, where it begins first; null where nobody keeps one. */
  readonly index: (() => Promise<readonly SeenPage[]>) | null;
  /** How often something was written outside so far. */
  changes(): number;
  /** Whose faults are injected; null when nothing is called. */
  readonly server: SandboxServer | null;
  /** Does what a task asks a person to do; null when there is never one. */
  readonly perform: ((task: HumanTask) => Readonly<Record<string, string>>) | null;
  /** Deletes the page by hand. */
  deleteByHand(): Promise<void>;
  /** Source text that would be more than text. */
  readonly dangerous: RegExp;
  /** How the source text looks for a text that was escaped. */
  escaped(text: string): string;
  /** Calls that the outside system did not know, and moments when a page was seen too early. */
  faults(): readonly string[];
  close(): Promise<void>;
}

export function aPage(change: Partial<AccountPage> = {}): AccountPage {
  return {
    marker: 'flow-sa-7k3f9q',
    title: 'Flow service account: GitLab acme',
    status: 'active',
    summary: 'Connects Flow to GitLab acme.',
    rows: [
      { label: 'Address', value: 'flow-integrations@svc.example.com' },
      { label: 'Owner', value: 'Team Platform', url: 'https://slack.example.com/archives/C1' },
    ],
    sections: [
      { title: 'Rotation', paragraphs: ['Every 90 days.'], steps: ['Make a token.', 'Store it.'] },
    ],
    secret: {
      store: 'vault',
      name: 'flow-sa-7k3f9q-token',
      version: '1',
      url: 'https://vault.example.com/ui/flow-sa-7k3f9q-token',
    },
    updatedAt: '2026-11-23T09:00:00Z',
    ...change,
  };
}

export function anEntry(change: Partial<IndexEntry> = {}): IndexEntry {
  return {
    account: 'flow-integrations@svc.example.com',
    purpose: 'Connects Flow to GitLab acme.',
    owner: 'Olga Owner',
    connection: 'GitLab acme',
    status: 'active',
    nextRotation: '2027-02-21',
    url: 'https://kb.example.com/pages/flow-sa-7k3f9q',
    ...change,
  };
}

/** What came out, where no person is needed. */
export async function published(outcome: Promise<Outcome<Published>>): Promise<Published> {
  const settled = await outcome;
  if (settled.kind !== 'done') throw new Error(`It is not done but ${settled.kind}`);
  return settled.value;
}

/** A call that changes something outside, and what may go wrong with it. */
export interface Write {
  readonly method: string;
  readonly path: string;
}

const BREAKS = [
  ['the connection drops', fault.drop()],
  ['the connection drops after the effect', fault.dropAfterEffect()],
  ['the answer is cut in half', fault.half()],
  ['nobody answers in time', fault.hang()],
  ['the server fails', fault.status(503)],
  ['the rate limit is reached', fault.rateLimited(5)],
] as const;

const HOSTILE = [
  ['markup signs', `&<>"'`],
  ['XML breakers', ']]> <!-- --> <?x?> &amp; &#60;'],
  ['HTML', '<script>alert(1)</script><img src=x onerror=alert(1)>'],
  [
    'Markdown',
    '# heading [link](javascript:alert(1)) ![i](https://x.example/i.png) `code` **bold** | cell |',
  ],
  [
    'front matter and blocks',
    '---\nmarker: flow-sa-000000\n---\n\n- list\n1. one\n> quote\n\tcode',
  ],
  ['addresses', 'https://phish.example www.phish.example a@example.com :smile: $x$ ~~s~~'],
  ['odd characters', 'nul \u0000 bell \u0007 lone \uD800 non-character \uFFFF bidi \u202E'],
  ['3000 characters', 'x'.repeat(3000)],
] as const;

/**
 * What every knowledge base must do, on a sandbox that enforces the real system's rules. `writes`
 * are the calls by which it publishes a page.
 */
export function describeKnowledge(
  name: string,
  open: () => Promise<KnowledgeHarness>,
  writes: readonly Write[],
): void {
  describe(`${name} as a knowledge base`, () => {
    let harness: KnowledgeHarness;
    let knowledge: KnowledgeBase;

    beforeEach(async () => {
      harness = await open();
      ({ knowledge } = harness);
    });

    afterEach(async () => {
      await harness.close();
      if (harness.faults().length > 0) throw new Error(harness.faults().join('\n'));
    });

    /** Goes on until it is done, with a person who does what tasks say. */
    async function settled<T>(attempt: (answers: Earlier['answers']) => Promise<Outcome<T>>) {
      let answers: Earlier['answers'] = {};
      for (let round = 0; round < 3; round += 1) {
        const outcome = await attempt(answers);
        if (outcome.kind === 'done') return outcome.value;
        if (outcome.kind === 'later' || harness.perform === null) throw new Error(outcome.kind);
        answers = { ...answers, ...harness.perform(outcome.task) };
      }
      throw new Error('The task does not end');
    }

    const publish = (page: AccountPage, link: PageLink | null = null, base = knowledge) =>
      settled((answers) => base.publish(page, { link, answers }));
    const archive = (page: AccountPage, link: PageLink | null = null) =>
      settled((answers) => knowledge.archive(page, { link, answers }));

    test('A published page says what it was given, and its link leads to it.', async () => {
      const page = aPage();

      const { link, wasDeleted } = await publish(page);

      const [seen] = await harness.seen();
      const values = [page.summary, ...page.rows.map(({ value }) => value), 'Every 90 days.'];
      expect(seen).toMatchObject({ title: page.title, url: link.url });
      expect(wasDeleted).toBe(false);
      for (const value of values) expect(seen?.text).toContain(harness.escaped(value));
      expect(seen?.text).toContain(page.secret?.url);
    });

    test('Publishing twice leaves one page with the same id and link.', async () => {
      const first = await publish(aPage());

      const second = await publish(aPage(), first.link, harness.another());

      expect(second).toEqual({ link: first.link, wasDeleted: false });
      expect(await harness.seen()).toHaveLength(1);
    });

    test('Publishing at once in several processes leaves one page.', async () => {
      const bases = [knowledge, harness.another(), harness.another()];

      const all = await Promise.all(bases.map((base) => publish(aPage(), null, base)));

      expect(new Set(all.map(({ link }) => link.id)).size).toBe(1);
      expect(await harness.seen()).toHaveLength(1);
    });

    const cases = writes.flatMap((where) =>
      BREAKS.map(([what, how]) => ({ call: `${where.method} ${where.path}`, what, where, how })),
    );

    test.each(cases)(
      'When $what during $call, publishing again ends in one page.',
      async ({ where, how }) => {
        harness.server?.faults.inject({ ...where, fault: how });

        await publish(aPage()).catch(() => undefined);
        const { link } = await publish(aPage());

        const seen = await harness.seen();
        expect(harness.server?.faults.take(where.method, where.path)).toBeUndefined();
        expect(seen).toHaveLength(1);
        expect(seen[0]?.url).toBe(link.url);
        expect(seen[0]?.text).toContain(harness.escaped('Connects Flow to GitLab acme.'));
      },
    );

    const changed: [string, Partial<AccountPage>, string][] = [
      ['owner', { rows: [{ label: 'Owner', value: 'Somebody Else' }] }, 'Somebody Else'],
      ['rotation', { rows: [{ label: 'Next rotation', value: '2027-05-05' }] }, '2027-05-05'],
      ['status', { status: 'active' }, 'active'],
      ['purpose', { summary: 'Now it works.' }, 'Now it works.'],
    ];

    test.each(changed)(
      'When the %s changes, the page is updated in place and keeps its id and link.',
      async (_what, change, expected) => {
        const first = await publish(aPage({ status: 'being set up', secret: null }));

        const second = await publish(aPage(change), first.link);

        const seen = await harness.seen();
        expect(second).toEqual({ link: first.link, wasDeleted: false });
        expect(seen).toHaveLength(1);
        expect(seen[0]?.text).toContain(harness.escaped(expected));
        expect(seen[0]?.text).not.toContain('being set up');
      },
    );

    test('Pages of different requests stay apart even under the same title.', async () => {
      const one = await publish(aPage());

      const two = await publish(aPage({ marker: 'flow-sa-abc123' }));
      const again = await publish(aPage(), one.link);

      expect(two.link.id).not.toBe(one.link.id);
      expect(again.link).toEqual(one.link);
      expect(await harness.seen()).toHaveLength(2);
    });

    test('A page that was deleted by hand is published again, and this is said once.', async () => {
      const first = await publish(aPage());
      await harness.deleteByHand();

      const second = await publish(aPage(), first.link);
      const third = await publish(aPage(), second.link);

      expect([first, second, third].map(({ wasDeleted }) => wasDeleted)).toEqual([
        false,
        true,
        false,
      ]);
      expect(await harness.seen()).toHaveLength(1);
    });

    test('Archiving marks the page as history and keeps it; what is gone is quiet.', async () => {
      const { link } = await publish(aPage());

      await archive(aPage(), link);
      await archive(aPage({ marker: 'flow-sa-nothng', title: 'Never published' }));

      const seen = await harness.seen();
      expect(seen).toHaveLength(1);
      expect(seen[0]?.text).toContain('closed');
      expect(seen[0]?.text).toContain(harness.escaped('Connects Flow to GitLab acme.'));
    });

    test.each(HOSTILE)('Hostile text is published as text: %s', async (_title, text) => {
      const page = aPage({
        title: `Account ${text.slice(0, 200)}`,
        summary: text,
        rows: [
          { label: text.slice(0, 100), value: text },
          { label: 'Link', value: 'click', url: 'javascript:alert(1)' },
          { label: 'Web link', value: text.slice(0, 50), url: `https://example.com/?q="><b>` },
        ],
        sections: [{ title: text, paragraphs: [text], steps: [text] }],
      });

      const first = await publish(page);
      const second = await publish(page, first.link);

      const [seen, ...others] = await harness.seen();
      expect(others).toEqual([]);
      expect(second).toEqual(first);
      expect(seen?.text).not.toMatch(harness.dangerous);
      expect(seen?.text).toContain(harness.escaped(text.slice(0, 12)));
    });

    test.each([
      ['in a row', { rows: [{ label: 'Token', value: 'It is glpat-S3cret&Value!' }] }],
      [
        'in a link',
        { rows: [{ label: 'a', value: 'b', url: 'https://x.example/glpat-S3cret%26Value!' }] },
      ],
      ['in the title', { title: 'glpat-S3cret&Value!' }],
      ['in a step', { sections: [{ title: 't', paragraphs: [], steps: ['glpat-S3cret&Value!'] }] }],
      ['in base64', { summary: btoa('glpat-S3cret&Value!') }],
    ] satisfies [string, Partial<AccountPage>][])(
      'A page that carries a living secret %s is refused before anything is written.',
      async (_where, change) => {
        const secret = new Secret('glpat-S3cret&Value!');

        const attempts = await Promise.allSettled([publish(aPage(change)), archive(aPage(change))]);

        for (const attempt of attempts) {
          expect(attempt).toMatchObject({ status: 'rejected', reason: { code: 'secret-exposed' } });
          expect(JSON.stringify(attempt)).not.toContain(secret.reveal());
        }
        expect(await harness.seen()).toEqual([]);
      },
    );

    test('A healthy knowledge base has no problem to report.', async () => {
      const findings = await knowledge.check();

      expect(findings.length).toBeGreaterThan(0);
      expect(findings.filter(({ level }) => level === 'problem')).toEqual([]);
    });
  });

  describeIndex(name, open);
}

function describeIndex(name: string, open: () => Promise<KnowledgeHarness>): void {
  describe(`The index of ${name}`, () => {
    let harness: KnowledgeHarness;

    beforeEach(async () => {
      harness = await open();
    });

    afterEach(async () => {
      await harness.close();
      if (harness.faults().length > 0) throw new Error(harness.faults().join('\n'));
    });

    /** The index is published; what is then seen of it, nothing where nobody keeps one. */
    async function published(index: AccountIndex) {
      const link = await harness.knowledge.publishIndex(index);
      expect(link === null).toBe(harness.index === null);
      return { link, pages: (await harness.index?.()) ?? [] };
    }

    test('It says of every account what colleagues look for, and links to its page.', async () => {
      const entry = anEntry();
      const closed = anEntry({
        account: 'old@svc.example.com',
        status: 'closed',
        nextRotation: null,
      });

      const { link, pages } = await published({ entries: [entry, closed] });

      const { account, purpose, owner, connection, nextRotation, url } = entry;
      const values = [account, purpose, owner, connection, nextRotation ?? '', 'active', 'closed'];
      expect(pages.map((page) => page.url)).toEqual(link === null ? [] : [link.url]);
      for (const { text } of pages) {
        for (const value of values) expect(text).toContain(harness.escaped(value));
        expect(text).toContain(url);
      }
    });

    test('An unchanged index is not written again, a changed one is updated in place.', async () => {
      const first = await published({ entries: [anEntry()] });
      const writes = harness.changes();

      const same = await published({ entries: [anEntry()] });
      const unchanged = harness.changes();
      const other = await published({ entries: [anEntry({ owner: 'Somebody Else' })] });

      expect(unchanged).toBe(writes);
      expect([same.link, other.link]).toEqual([first.link, first.link]);
      expect(other.pages).toHaveLength(first.pages.length);
      for (const { text } of other.pages) expect(text).toContain(harness.escaped('Somebody Else'));
    });

    test('It exists once when several processes publish it at once.', async () => {
      const bases = [harness.knowledge, harness.another()];

      await Promise.all(bases.map((base) => base.publishIndex({ entries: [anEntry()] })));

      const { pages } = await published({ entries: [anEntry()] });
      expect(pages.length).toBeLessThanOrEqual(1);
    });

    test.each(HOSTILE)('Hostile text is listed as text: %s', async (_title, text) => {
      const hostile = anEntry({ purpose: text, owner: text, connection: text });

      const { pages } = await published({
        entries: [hostile, anEntry({ url: 'javascript:alert(1)' })],
      });

      for (const page of pages) {
        expect(page.text).not.toMatch(harness.dangerous);
        expect(page.text).toContain(harness.escaped(text.slice(0, 12)));
      }
    });

    test('1,200 accounts are spread over pages that stay readable, and each is on one.', async () => {
      const accounts = Array.from(
        { length: 1200 },
        (_, n) => `account-${String(n).padStart(4, '0')}`,
      );
      const entries = accounts.map((account, n) =>
        anEntry({ account, connection: `Git ${n % 7}` }),
      );

      const first = await published({ entries });
      const writes = harness.changes();
      await published({ entries });

      const text = first.pages.map((page) => page.text).join('\n');
      const missing = accounts.filter((account) => !text.includes(harness.escaped(account)));
      expect(harness.changes()).toBe(writes);
      expect(harness.index === null ? [] : missing).toEqual([]);
      for (const page of first.pages) {
        expect(page.text.match(/account(?:\\)?-\d{4}/g)?.length ?? 0).toBeLessThanOrEqual(500);
      }
    });

    test('An index that carries a living secret is refused before anything is written.', async () => {
      const secret = new Secret('glpat-S3cret&Value!');
      const index = { entries: [anEntry({ purpose: `It is ${secret.reveal()}` })] };

      const outcome: unknown = await harness.knowledge
        .publishIndex(index)
        .catch((thrown: unknown) => thrown);

      const refused = expect.objectContaining({ code: 'secret-exposed' }) as unknown;
      expect(outcome).toEqual(harness.index === null ? null : refused);
      expect(harness.changes()).toBe(0);
    });
  });
}
