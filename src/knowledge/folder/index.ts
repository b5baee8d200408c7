import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { ProductError, toProductError } from '../../domain/errors.ts';
import { ok, problem } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import type { AccountPage } from '../../domain/page.ts';
import { refuseExposure } from '../guard.ts';
import { defineKnowledge } from '../knowledge-base.ts';
import type { KnowledgeBase } from '../knowledge-base.ts';
import { listPages, parseFrontMatter, proveWritable, readText, writeWhole } from './files.ts';
import { renderIndex, renderPage } from './markdown.ts';
import { folderConfig } from './schema.ts';
import type { FolderConfig } from './schema.ts';

export const folder = defineKnowledge<FolderConfig>({
  id: 'folder',
  name: 'A folder of Markdown files',
  schema: folderConfig,
  example: [
    'path: /srv/docs/flow-service-accounts',
    'link: https://docs.example.com/flow-service-accounts/{file}',
  ].join('\n'),
  open: openFolder,
});

const INDEX = 'index.md';

function openFolder({ path, link }: FolderConfig): KnowledgeBase {
  async function write(page: AccountPage): Promise<void> {
    const text = renderPage(page);
    refuseExposure(page, text);
    await writeWhole(path, fileName(page), text);
    await writeIndex(path);
  }

  return {
    check: () => checkFolder(path),
    async publish(page) {
      await refuseForeign(path, page);
      await write(page);
      const file = fileName(page);
      const url =
        link?.replaceAll('{file}', encodeURIComponent(file)) ??
        pathToFileURL(join(path, file)).href;
      return { id: file, url };
    },
    async archive(page) {
      const status = page.status === 'undone' ? page.status : 'closed';
      refuseExposure(page, renderPage(page));
      await refuseForeign(path, page);
      if ((await readText(join(path, fileName(page)))) !== undefined) {
        await write({ ...page, status });
      }
    },
  };
}

function fileName({ marker }: AccountPage): string {
  if (/^[a-z0-9][a-z0-9-]*$/.test(marker) && `${marker}.md` !== INDEX) return `${marker}.md`;
  const message = `${marker} cannot be the name of a page: use small letters, digits and dashes.`;
  throw new ProductError('invalid-input', { subject: marker, message });
}

/** A file of that name that does not carry our front matter was not made by us. */
async function refuseForeign(path: string, page: AccountPage): Promise<void> {
  const file = join(path, fileName(page));
  const text = await readText(file);
  if (text === undefined || parseFrontMatter(text)?.marker === page.marker) return;
  const message = `There is already a file ${file} that this app did not make. Rename or remove it, then retry.`;
  throw new ProductError('name-taken', { subject: file, message });
}

/**
 * Writes the list until it is what the folder holds: another process may have added a page between
 * our reading and our writing, and whoever writes last must have seen everything.
 */
async function writeIndex(path: string): Promise<void> {
  let text = renderIndex(await listPages(path));
  for (;;) {
    await writeWhole(path, INDEX, text);
    const now = renderIndex(await listPages(path));
    if (now === text) return;
    text = now;
  }
}

async function checkFolder(path: string): Promise<Finding[]> {
  const subject = 'Folder of pages';
  try {
    await proveWritable(path);
    return [ok(subject, `Pages are written to ${path}.`)];
  } catch (thrown) {
    const error = toProductError(thrown, path);
    const advice = 'Make the folder and give the app’s user the right to write there.';
    return [problem(subject, error.message, advice)];
  }
}
