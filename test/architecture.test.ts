import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

import { describe, expect, it } from 'vitest';

import { automations } from '../src/automations/index.ts';
import { knowledgeBases } from '../src/knowledge/index.ts';
import { mailboxKinds } from '../src/mailboxes/index.ts';
import { stores } from '../src/stores/index.ts';
import { vendors } from '../src/vendors/index.ts';

const SRC = join(import.meta.dirname, '..', 'src');
const ADAPTERS = ['vendors', 'automations', 'mailboxes', 'stores', 'knowledge'];

/** Room → rooms it may import besides itself, `domain` and `lib`. */
const LAW: Record<string, string[]> = {
  domain: [],
  lib: [],
  config: [],
  records: ['stores'],
  queue: [],
  steps: ['vendors', 'automations', 'mailboxes', 'stores', 'knowledge', 'flow', 'records'],
  requests: ['steps', 'records', 'flow', 'vendors', 'stores'],
  accounts: ['requests', 'steps', 'records', 'flow', 'vendors', 'stores'],
  slack: ['accounts', 'requests', 'records'],
  web: ['requests'],
  flow: [],
  vendors: [],
  automations: [],
  mailboxes: [],
  stores: [],
  knowledge: [],
};
/** Of these rooms only the contract may be imported, never an adapter. */
const CONTRACTS = new Set([
  'vendors/vendor.ts',
  'automations/automation.ts',
  'mailboxes/mailboxes.ts',
  'stores/store.ts',
  'knowledge/knowledge-base.ts',
  'flow/flow.ts',
  'records/records.ts',
]);
const FREE = ['composition', 'cli', 'cli.ts', 'sandbox'];

function filesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return filesIn(path);
    return name.endsWith('.ts') ? [relative(SRC, path)] : [];
  });
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)];
  return found.map(([, path = '']) => relative(SRC, join(SRC, file, '..', path)));
}

const isSandbox = (file: string): boolean => /(^sandbox\/|\/sandbox[^/]*\.ts$)/.test(file);
const room = (file: string): string => file.split('/')[0] ?? '';

function breaches(file: string): string[] {
  if (isSandbox(file) || FREE.includes(room(file))) return [];
  return importsOf(file)
    .filter((target) => !isAllowed(file, target))
    .map((target) => `${file} → ${target}`);
}

function isAllowed(file: string, target: string): boolean {
  const [from, to] = [room(file), room(target)];
  if (isSandbox(target)) return false;
  if (to === 'domain') return true;
  if (to === 'lib') return from !== 'domain';
  if (from === to) return !ADAPTERS.includes(from) || isWithinAdapter(file, target);
  if (!(LAW[from] ?? []).includes(to)) return false;
  return ['slack', 'accounts', 'requests', 'web'].includes(from)
    ? !ADAPTERS.includes(to) || CONTRACTS.has(target)
    : CONTRACTS.has(target) || to === 'steps';
}

/** Adapters see their own folder and the contract; the registry sees them all. */
function isWithinAdapter(file: string, target: string): boolean {
  const folder = file.split('/')[1] ?? '';
  return (
    folder === 'index.ts' ||
    CONTRACTS.has(target) ||
    target.split('/')[1] === folder ||
    folder === target.split('/')[1] ||
    !target.includes('/', target.indexOf('/') + 1)
  );
}

describe('Architecture', () => {
  it('lets rooms import only what the law allows', () => {
    const files = filesIn(SRC);

    const found = files.flatMap((file) => breaches(file));

    expect(files.length).toBeGreaterThan(100);
    expect(found).toEqual([]);
  });

  it('notices a breach', () => {
    expect(isAllowed('domain/request.ts', 'lib/http.ts')).toBe(false);
    expect(isAllowed('slack/app.ts', 'vendors/github/index.ts')).toBe(false);
    expect(isAllowed('vendors/github/index.ts', 'vendors/gitlab/client.ts')).toBe(false);
    expect(isAllowed('steps/verify.ts', 'sandbox/kit/server.ts')).toBe(false);
    expect(isAllowed('vendors/github/index.ts', 'vendors/vendor.ts')).toBe(true);
  });

  it.each([
    ['vendors', vendors],
    ['automations', automations],
    ['mailboxes', mailboxKinds],
    ['stores', stores],
    ['knowledge', knowledgeBases],
  ] as const)('has exactly one registry line for each folder of %s', (name, registry) => {
    const folders = readdirSync(join(SRC, name)).filter((entry) =>
      statSync(join(SRC, name, entry)).isDirectory(),
    );

    expect(registry.map(({ id }) => id).sort()).toEqual(folders.sort());
  });

  it('reads process.env only in config', () => {
    const readers = filesIn(SRC).filter((file) =>
      readFileSync(join(SRC, file), 'utf8').includes('process.env'),
    );

    expect(readers.filter((file) => !file.startsWith('config/'))).toEqual([]);
  });
});
