// Fills the generated parts of the documents from the registries; run it after changing an adapter.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { fillParts } from './generated-parts.ts';
import { markdownFiles } from './markdown-files.ts';

const root = join(import.meta.dirname, '..');
for (const file of markdownFiles(root)) {
  const before = readFileSync(join(root, file), 'utf8');
  const after = fillParts(before);
  if (after === before) continue;
  writeFileSync(join(root, file), after);
  console.log(`Updated ${file}.`);
}
