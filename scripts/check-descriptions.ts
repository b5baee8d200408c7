// Compares what our adapters send, and what the sandboxes answer, with the vendors' own API
// descriptions: node scripts/check-descriptions.ts <folder with the descriptions>
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { compare, outside } from './descriptions/compare.ts';
import type { Comparison } from './descriptions/compare.ts';
import { knownDeviations } from './descriptions/known-deviations.ts';
import { lives, undescribed } from './descriptions/lives.ts';
import type { DescribedLife } from './descriptions/lives.ts';
import { readOpenApi } from './descriptions/open-api.ts';
import type { OpenApi } from './descriptions/open-api.ts';

process.exitCode = await main(process.argv[2]);

async function main(folder: string | undefined): Promise<number> {
  if (folder === undefined || !existsSync(folder)) {
    console.error('Name the folder that holds the vendors’ API descriptions.');
    return 2;
  }
  const missing = lives
    .flatMap(({ parts }) => parts)
    .map(({ file }) => join(folder, file))
    .filter((file) => !existsSync(file));
  if (missing.length > 0) {
    console.error(`These descriptions are missing: ${[...new Set(missing)].join(', ')}.`);
    return 2;
  }
  const read = rememberOne((file) => readOpenApi(join(folder, file)));
  let wrong = 0;
  for (const life of lives) wrong += await check(life, read);
  console.log(`${undescribed.join(', ')}: no description at hand; nothing was compared.`);
  return wrong === 0 ? 0 : 1;
}

/** Lives one life and says how much of it is wrong. */
async function check(
  { play, parts, gaps = [] }: DescribedLife,
  read: (file: string) => OpenApi,
): Promise<number> {
  const exchanges = await play();
  let wrong = 0;
  for (const { file, ...part } of parts) {
    const description = read(file);
    wrong += report(compare({ ...part, description }, exchanges, knownDeviations));
  }
  for (const { within, why } of gaps) {
    const count = exchanges.filter(({ request }) => within.test(request.path)).length;
    console.log(`${why}: ${count} exchanges, no description at hand`);
  }
  for (const path of outside([...parts, ...gaps], exchanges)) {
    console.log(`  ${path}: no description speaks for this path`);
    wrong += 1;
  }
  return wrong;
}

/** Neighbours in the list share a description; more than one at a time would only fill memory. */
function rememberOne(read: (file: string) => OpenApi): (file: string) => OpenApi {
  let kept: { readonly file: string; readonly description: OpenApi } | undefined;
  return (file) => {
    if (kept?.file !== file) kept = { file, description: read(file) };
    return kept.description;
  };
}

/** Prints one comparison and says how much of it is wrong. */
function report({ name, findings, known, stale, ...counts }: Comparison): number {
  const wrong = findings.length + stale.length;
  console.log(
    `${name}: ${counts.exchanges} exchanges over ${counts.operations} operations, ${wrong} findings, ` +
      `${known} known deviations, ${counts.leftOut} fields left out of answers`,
  );
  for (const { operation, wrong, times } of findings) {
    console.log(`  ${operation}: ${wrong} (${times} times)`);
  }
  for (const { operation, wrong } of stale) {
    console.log(`  ${operation}: no longer deviates so, take it off the list: ${wrong}`);
  }
  return wrong;
}
