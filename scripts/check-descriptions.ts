// Compares what our adapters send, and what the sandboxes answer, with the vendors' own API
// descriptions: node scripts/check-descriptions.ts <folder with the descriptions>
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { Exchange } from '../src/sandbox/kit/server.ts';
import { compare, outside } from './descriptions/compare.ts';
import type { Comparison } from './descriptions/compare.ts';
import { knownDeviations } from './descriptions/known-deviations.ts';
import { readOpenApi } from './descriptions/open-api.ts';
import { playConfluence } from './descriptions/play-confluence.ts';
import { playGitHubActions } from './descriptions/play-github-actions.ts';
import { playGitHub } from './descriptions/play-github.ts';
import { playJira } from './descriptions/play-jira.ts';

interface Part {
  readonly name: string;
  readonly file: string;
  readonly base: string;
  readonly within: string;
}

interface Life {
  readonly play: () => Promise<Exchange[]>;
  readonly parts: readonly Part[];
}

const GITHUB = { file: 'github/api.github.com.json', base: '', within: '/' };

const LIVES: readonly Life[] = [
  { play: playGitHub, parts: [{ name: 'GitHub', ...GITHUB }] },
  { play: playGitHubActions, parts: [{ name: 'GitHub Actions', ...GITHUB }] },
  {
    play: playJira,
    parts: [
      {
        name: 'Jira Cloud',
        file: 'jira/jira-cloud.swagger-v3.v3.2025-12.json',
        base: '',
        within: '/',
      },
    ],
  },
  {
    play: playConfluence,
    parts: [
      {
        name: 'Confluence v2',
        file: 'confluence/confluence-cloud.v2.128paths.json',
        base: '/wiki/api/v2',
        within: '/wiki/api/v2/',
      },
      {
        name: 'Confluence v1',
        file: 'confluence/confluence-cloud.v1.2021-11.json',
        base: '',
        within: '/wiki/rest/',
      },
    ],
  },
];

process.exitCode = await main(process.argv[2]);

async function main(folder: string | undefined): Promise<number> {
  if (folder === undefined || !existsSync(folder)) {
    console.error('Name the folder that holds the vendors’ API descriptions.');
    return 2;
  }
  const missing = LIVES.flatMap(({ parts }) => parts)
    .map(({ file }) => join(folder, file))
    .filter((file) => !existsSync(file));
  if (missing.length > 0) {
    console.error(`These descriptions are missing: ${[...new Set(missing)].join(', ')}.`);
    return 2;
  }
  let wrong = 0;
  for (const { play, parts } of LIVES) {
    const exchanges = await play();
    const described = parts.map(({ file, ...part }) => ({
      ...part,
      description: readOpenApi(join(folder, file)),
    }));
    for (const part of described) wrong += report(compare(part, exchanges, knownDeviations));
    for (const path of outside(described, exchanges)) {
      console.log(`  ${path}: no description speaks for this path`);
      wrong += 1;
    }
  }
  console.log('GitLab, Vault and Flow: no description at hand; nothing was compared.');
  return wrong === 0 ? 0 : 1;
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
