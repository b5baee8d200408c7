import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { folder } from '../../src/knowledge/folder/index.ts';
import type { KnowledgeBase } from '../../src/knowledge/knowledge-base.ts';
import { escape } from '../../src/knowledge/markdown.ts';
import { createLog } from '../../src/lib/log.ts';
import { aPage, anEntry, describeKnowledge, published } from '../contracts/knowledge-contract.ts';
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

async function files(isIndex: boolean): Promise<string[]> {
  const names = await readdir(directory);
  return names
    .filter((name) => /^index\.md$|^flow-sa-index-/.test(name) === isIndex)
    .toSorted((a, b) => a.length - b.length || a.localeCompare(b))
    .map((name) => join(directory, name));
}

async function seenIn(paths: readonly string[]) {
  return await Promise.all(
    paths.map(async (file) => {
      const text = await readFile(file, 'utf8');
      const title = String(frontMatter(text)['title']);
      return { title, url: pathToFileURL(file).href, text: markdownOf(text) };
    }),
  );
}

function frontMatter(text: string): Record<string, unknown> {
  return parse(text.split('\n---\n')[0]?.slice(4) ?? '') as Record<string, unknown>;
}

/** Text without its code-like front matter, where a value is data and not Markdown. */
function markdownOf(text: string): string {
  return text.slice(text.indexOf('\n---\n') + 5);
}

/** Counts files that were replaced by new ones, whatever their text. */
async function inodes(): Promise<string> {
  const paths = [...(await files(true)), ...(await files(false))];
  const all = await Promise.all(paths.map(async (path) => (await stat(path)).ino));
  return all.join();
}

describeKnowledge(
  'A folder',
  (): Promise<KnowledgeHarness> => {
    let last = '';
    let changes = 0;
    const counted = async <T>(work: Promise<T>): Promise<T> => {
      try {
        return await work;
      } finally {
        const now = await inodes();
        if (now !== last) changes += 1;
        last = now;
      }
    };
    const base = openBase();
    return Promise.resolve({
      knowledge: { ...base, publishIndex: (index) => counted(base.publishIndex(index)) },
      another: () => openBase(),
      seen: async () => await seenIn(await files(false)),
      index: async () => await seenIn(await files(true)),
      changes: () => changes,
      server: null,
      perform: null,
      async deleteByHand() {
        for (const file of await files(false)) await rm(file);
      },
      dangerous: /(?<!\\)<(?:script|img|b)|(?<!\\)\]\((?!https:)|(?<!\\)!\[|^(?:---|- |> |\t)/m,
      escaped: escape,
      faults: () => [],
      close: () => Promise.resolve(),
    });
  },
  [],
);

describe('A folder', () => {
  test('Without a site the index links to its neighbours by their names.', async () => {
    const base = openBase();
    const { link } = await published(base.publish(aPage()));

    await base.publishIndex({ entries: [anEntry({ url: link.url })] });

    const index = await readFile(join(directory, 'index.md'), 'utf8');
    expect(index).toContain('](flow-sa-7k3f9q.md) |');
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

    const { url } = (await published(openBase().publish(aPage({ summary, rows })))).link;

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

  test('Other files in the folder are not touched.', async () => {
    await writeFile(join(directory, 'README.md'), '---\ntitle: : broken\n---\nHello.\n');

    await openBase().publish(aPage());

    expect(await readdir(directory)).toEqual(['README.md', 'flow-sa-7k3f9q.md']);
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

    const { url } = (await published(base.publish(aPage()))).link;

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
