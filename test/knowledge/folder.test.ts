import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { folder } from '../../src/knowledge/folder/index.ts';
import { escape } from '../../src/knowledge/folder/markdown.ts';
import type { KnowledgeBase } from '../../src/knowledge/knowledge-base.ts';
import { createLog } from '../../src/lib/log.ts';
import { aPage, describeKnowledge } from '../contracts/knowledge-contract.ts';
import type { KnowledgeHarness } from '../contracts/knowledge-contract.ts';

const clock = { now: () => new Date('2026-11-23T09:00:00Z') };
const log = createLog('silent');

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pages-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

function openBase(config: Record<string, unknown> = {}): KnowledgeBase {
  return folder.open(folder.schema.parse({ path: directory, ...config }), { clock, log });
}

async function pageFiles(): Promise<string[]> {
  const names = await readdir(directory);
  return names.filter((name) => name !== 'index.md').map((name) => join(directory, name));
}

function frontMatter(text: string): Record<string, unknown> {
  return parse(text.split('\n---\n')[0]?.slice(4) ?? '') as Record<string, unknown>;
}

/** Text without its code-like front matter, where a value is data and not Markdown. */
function markdownOf(text: string): string {
  return text.slice(text.indexOf('\n---\n') + 5);
}

describeKnowledge('A folder', (): Promise<KnowledgeHarness> =>
  Promise.resolve({
    knowledge: openBase(),
    another: () => openBase(),
    seen: async () =>
      await Promise.all(
        (await pageFiles()).map(async (file) => {
          const text = await readFile(file, 'utf8');
          const title = String(frontMatter(text)['title']);
          return { title, url: pathToFileURL(file).href, text: markdownOf(text) };
        }),
      ),
    async deleteByHand() {
      for (const file of await pageFiles()) await rm(file);
    },
    dangerous: /(?<!\\)<(?:script|img|b)|(?<!\\)\]\((?!https:)|(?<!\\)!\[|^(?:---|- |> |\t)/m,
    escaped: escape,
    faults: () => [],
    close: () => Promise.resolve(),
  }),
);

describe('A folder', () => {
  test('The index lists every account with its present status, in order of title.', async () => {
    const base = openBase();
    await base.publish(aPage({ marker: 'flow-sa-bbbbbb', title: 'B | [x](y)' }));
    await base.publish(aPage({ marker: 'flow-sa-aaaaaa', title: 'A' }));

    await base.archive(aPage({ marker: 'flow-sa-bbbbbb', title: 'B | [x](y)' }));

    const index = await readFile(join(directory, 'index.md'), 'utf8');
    const rows = index.split('\n').filter((line) => line.startsWith('| ['));
    expect(rows).toHaveLength(2);
    expect(rows[0]).toContain('[A](flow-sa-aaaaaa.md) | active');
    expect(rows[1]).toContain(String.raw`[B \| \[x\]\(y\)](flow-sa-bbbbbb.md) | closed`);
  });

  test('Many pages at once, from several processes, are all in the index afterwards.', async () => {
    const markers = Array.from({ length: 20 }, (_, n) => `flow-sa-${String(n).padStart(6, '0')}`);

    await Promise.all(markers.map((marker) => openBase().publish(aPage({ marker }))));

    const index = await readFile(join(directory, 'index.md'), 'utf8');
    expect(markers.filter((marker) => !index.includes(`${marker}.md`))).toEqual([]);
  });

  test.each([
    ['\\*not bold\\*', String.raw`\\\*not bold\\\*`],
    ['1. one', String.raw`1\. one`],
    ['- item', String.raw`\- item`],
    ['a\n# b', String.raw`a \# b`],
    ['    code', 'code'],
    ['a | b', String.raw`a \| b`],
    ['www.phish.example', String.raw`www\.phish.example`],
    ['https://x.example', String.raw`https\://x.example`],
    ['a@b.example', String.raw`a\@b.example`],
    ['&lt;', String.raw`\&lt;`],
  ])('The text %j is written so that Markdown shows it as it is.', (text, expected) => {
    expect(escape(text)).toBe(expected);
  });

  test('The front matter gives the facts back exactly, whatever they are.', async () => {
    const summary = '---\nmarker: other\n: "quoted" # no comment';
    const rows = [
      { label: 'Owner', value: 'Team: Platform' },
      { label: 'Marker', value: 'not the marker' },
    ];

    const { url } = await openBase().publish(aPage({ summary, rows }));

    const facts = frontMatter(await readFile(fileURLToPath(url), 'utf8'));
    expect(facts).toMatchObject({
      marker: 'flow-sa-7k3f9q',
      status: 'active',
      summary,
      about_owner: 'Team: Platform',
      about_marker: 'not the marker',
      secret: { name: 'flow-sa-7k3f9q-token', version: '1' },
    });
  });

  test('A file that is not ours is left alone.', async () => {
    const file = join(directory, 'flow-sa-7k3f9q.md');
    await writeFile(file, '# My notes\n');

    const attempts = await Promise.allSettled([
      openBase().publish(aPage()),
      openBase().archive(aPage()),
    ]);

    for (const attempt of attempts) {
      expect(attempt).toMatchObject({ status: 'rejected', reason: { code: 'name-taken' } });
    }
    expect(await readFile(file, 'utf8')).toBe('# My notes\n');
  });

  test('Other files in the folder are neither touched nor listed.', async () => {
    await writeFile(join(directory, 'README.md'), '---\ntitle: : broken\n---\nHello.\n');

    await openBase().publish(aPage());

    const index = await readFile(join(directory, 'index.md'), 'utf8');
    expect(index).not.toContain('README');
    expect(await readdir(directory)).toEqual(
      expect.arrayContaining(['README.md', 'flow-sa-7k3f9q.md', 'index.md']),
    );
  });

  test.each(['../escape', 'a/b', 'index', '', '.hidden', 'UPPER'])(
    'A marker that is no plain file name is refused: %j',
    async (marker) => {
      const attempt = openBase().publish(aPage({ marker }));

      await expect(attempt).rejects.toMatchObject({ code: 'invalid-input' });
      expect(await readdir(directory)).toEqual([]);
    },
  );

  test('Links follow the configured template.', async () => {
    const base = openBase({ link: 'https://docs.example.com/accounts/{file}' });

    const { url } = await base.publish(aPage());

    expect(url).toBe('https://docs.example.com/accounts/flow-sa-7k3f9q.md');
  });

  test('A place that cannot be written is a configuration error, in publish and in the doctor.', async () => {
    await writeFile(join(directory, 'file'), '');
    const base = openBase({ path: join(directory, 'file') });

    const findings = await base.check();

    await expect(base.publish(aPage())).rejects.toMatchObject({ code: 'invalid-config' });
    expect(findings).toMatchObject([{ level: 'problem' }]);
  });
});
