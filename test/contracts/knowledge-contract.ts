import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { AccountPage } from '../../src/domain/page.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { KnowledgeBase } from '../../src/knowledge/knowledge-base.ts';

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
  /** The pages that exist and are not in a trash or an archive; none of other people's. */
  seen(): Promise<readonly SeenPage[]>;
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

/** What every knowledge base must do, on a sandbox that enforces the real system's rules. */
export function describeKnowledge(name: string, open: () => Promise<KnowledgeHarness>): void {
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

    test('A published page says what it was given, and its link leads to it.', async () => {
      const page = aPage();

      const link = await knowledge.publish(page);

      const [seen] = await harness.seen();
      const values = [page.summary, ...page.rows.map(({ value }) => value), 'Every 90 days.'];
      expect(seen).toMatchObject({ title: page.title, url: link.url });
      for (const value of values) expect(seen?.text).toContain(harness.escaped(value));
      expect(seen?.text).toContain(page.secret?.url);
    });

    test('Publishing twice leaves one page with the same id and link.', async () => {
      const first = await knowledge.publish(aPage());

      const second = await harness.another().publish(aPage());

      expect(second).toEqual(first);
      expect(await harness.seen()).toHaveLength(1);
    });

    test('Publishing at once in several processes leaves one page.', async () => {
      const bases = [knowledge, harness.another(), harness.another()];

      const links = await Promise.all(bases.map((base) => base.publish(aPage())));

      expect(new Set(links.map(({ id }) => id)).size).toBe(1);
      expect(await harness.seen()).toHaveLength(1);
    });

    test('A changed page is updated in place and keeps its id and link.', async () => {
      const first = await knowledge.publish(aPage({ status: 'being set up', secret: null }));

      const second = await knowledge.publish(aPage({ summary: 'Now it works.' }));

      const seen = await harness.seen();
      expect(second).toEqual(first);
      expect(seen).toHaveLength(1);
      expect(seen[0]?.text).toContain(harness.escaped('Now it works.'));
    });

    test('Pages of different requests stay apart even under the same title.', async () => {
      const one = await knowledge.publish(aPage());

      const two = await knowledge.publish(aPage({ marker: 'flow-sa-abc123' }));
      const again = await knowledge.publish(aPage());

      expect(two.id).not.toBe(one.id);
      expect(again).toEqual(one);
      expect(await harness.seen()).toHaveLength(2);
    });

    test('A page that was deleted by hand is published again.', async () => {
      await knowledge.publish(aPage());
      await harness.deleteByHand();

      await knowledge.publish(aPage());

      expect(await harness.seen()).toHaveLength(1);
    });

    test('Archiving marks the page as history and keeps it; what is gone is quiet.', async () => {
      await knowledge.publish(aPage());

      await knowledge.archive(aPage());
      await knowledge.archive(aPage({ marker: 'flow-sa-nothng', title: 'Never published' }));

      const seen = await harness.seen();
      expect(seen).toHaveLength(1);
      expect(seen[0]?.text).toContain('closed');
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

      const first = await knowledge.publish(page);
      const second = await knowledge.publish(page);

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

        const attempts = await Promise.allSettled([
          knowledge.publish(aPage(change)),
          knowledge.archive(aPage(change)),
        ]);

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
}
