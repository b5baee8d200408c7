import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

const SKIPPED = new Set(['node_modules', 'data', 'coverage', '.git']);

/** Every Markdown file below the folder, as paths relative to it. */
export function markdownFiles(root: string, folder = root): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : markdownFiles(root, path);
      return entry.name.endsWith('.md') ? [relative(root, path)] : [];
    })
    .toSorted();
}
