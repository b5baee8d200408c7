import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { toProductError } from '../../domain/errors.ts';
import { ok, problem } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import { fileName, refuseForeign } from '../markdown-file.ts';
import { defineKnowledge } from '../knowledge-base.ts';
import { markdown } from '../markdown.ts';
import { knowledgeOn } from '../shelf.ts';
import type { Shelf } from '../shelf.ts';
import { proveWritable, readText, writeWhole } from './files.ts';
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
  open: (config) => knowledgeOn(openFolder(config), markdown),
});

function openFolder({ path, link }: FolderConfig): Shelf {
  return {
    check: () => checkFolder(path),
    async put({ marker, body }) {
      const file = fileName(marker);
      const before = await readOurs(path, file, marker);
      if (before !== body) await writeWhole(path, file, body);
      const url =
        link?.replaceAll('{file}', encodeURIComponent(file)) ??
        pathToFileURL(join(path, file)).href;
      return { link: { id: file, url }, made: before === undefined };
    },
    async revise({ marker, body }) {
      const file = fileName(marker);
      const before = await readOurs(path, file, marker);
      if (before !== undefined && before !== body) await writeWhole(path, file, body);
    },
  };
}

async function readOurs(path: string, file: string, marker: string): Promise<string | undefined> {
  const whole = join(path, file);
  const text = await readText(whole);
  if (text !== undefined) refuseForeign(text, marker, whole);
  return text;
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
