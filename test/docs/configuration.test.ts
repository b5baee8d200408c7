import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { z } from 'zod';

import { registries } from '../../src/composition/registries.ts';
import { checkConfig, parseConfig } from '../../src/config/load.ts';
import { configSchema } from '../../src/config/schema.ts';
import { partNames, fillParts } from '../../scripts/generated-parts.ts';
import { keysOf } from './config-keys.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const DOCUMENT = read('docs/configuration.md');
const EXAMPLE = read('config.example.yml');

/** Whatever name is asked for is set, as on a machine that is set up. */
const planted = {
  env: new Proxy<Record<string, string>>({}, { get: (_, name) => `value of ${String(name)}` }),
  readFile: () => 'the content of a file',
};

interface Described {
  readonly heading: string;
  readonly schema: z.ZodType;
}

const ADAPTERS: Described[] = [
  { heading: '## Flow', schema: registries.flow.schema },
  ...sections('connections', registries.vendors),
  ...sections('automations', registries.automations),
  ...sections('mailboxes', registries.mailboxes),
  ...sections('store', registries.stores),
  ...sections('knowledge', registries.knowledge),
];

function sections(key: string, registry: readonly { id: string; schema: z.ZodType }[]) {
  return registry.map(({ id, schema }) => ({ heading: `### ${key}: ${id}`, schema }));
}

/** The text from a heading to the next one. */
function sectionOf(heading: string): string {
  const [, section = ''] = `\n${DOCUMENT}`.split(`\n${heading}\n`);
  return section.split(/\n#{2,3} /)[0] ?? '';
}

/** What the document's tables do not say, or say otherwise than the schema. */
function gaps(text: string, schema: z.ZodType): string[] {
  const rows = new Map(
    text
      .split('\n')
      .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
      .map(([, key = '', , fallback = '']) => [key.replaceAll('`', ''), fallback]),
  );
  return keysOf(schema).flatMap(({ path, fallback }) => {
    const said = rows.get(path);
    if (said === undefined) return [`${path} is not described`];
    return fallback === undefined || said === `\`${fallback}\`` ? [] : [`${path} is ${fallback}`];
  });
}

/** Keys that the tables describe although no schema takes them. */
function strays(text: string, schema: z.ZodType): string[] {
  const known = keysOf(schema).map(({ path }) => path);
  const described = [...text.matchAll(/^\| `([\w.[\]]+)` \|/gm)].map(([, key = '']) => key);
  return described.filter((key) => !known.includes(key));
}

describe('The configuration reference', () => {
  it('describes every key of the file with its default', () => {
    const found = gaps(DOCUMENT, configSchema);

    expect(found).toEqual([]);
  });

  it.each(ADAPTERS)('describes every key under "$heading" and no other', ({ heading, schema }) => {
    const section = sectionOf(heading);

    const found = [...gaps(section, schema), ...strays(section, schema)];

    expect(section).not.toBe('');
    expect(found).toEqual([]);
  });

  it('notices a key that is missing, and a default that is not the true one', () => {
    const text = '| key | meaning | default |\n| `path` | where | `somewhere` |';

    const found = [...gaps(text, registries.flow.schema), ...strays(text, registries.flow.schema)];

    expect(found).toContain('base_url is not described');
    expect(found).toContain('path');
  });

  it('shows an example of every adapter that the app would take', () => {
    const raw = parse(EXAMPLE) as Record<string, unknown>;
    const names = partNames().filter((name) => name.startsWith('example '));

    const taken = names.map((name) => {
      const block = fillParts(`<!-- generated: ${name} -->\n<!-- end -->`);
      const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(block) ?? [];
      const change = parse(yaml) as Record<string, unknown>;
      const policy = { rules: [{ name: 'all', approvers: { users: ['U0123456789'] } }] };
      return checkConfig({ ...raw, policy, ...change }, registries, planted);
    });

    expect(names.length).toBeGreaterThan(10);
    expect(taken).toHaveLength(names.length);
  });
});

describe('config.example.yml', () => {
  it('is taken as it is once its secrets are there', () => {
    const config = parseConfig(EXAMPLE, registries, planted);

    expect(config.connections.map(({ id }) => id)).toEqual(['gitlab', 'jira']);
    expect(config.policy.rules).toHaveLength(2);
  });

  it('refers only to variables that .env.example names, and that names no others', () => {
    const referred = [...EXAMPLE.matchAll(/env:([A-Z]+_[A-Z_]+)/g)].map(([, name = '']) => name);
    const named = [...read('.env.example').matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(
      ([, name = '']) => name,
    );
    // Compose and the loader use these without a reference.
    const others = ['POSTGRES_PASSWORD', 'FLOW_SERVICE_ACCOUNTS_CONFIG'];

    expect([...new Set([...referred, ...others])].sort()).toEqual([...new Set(named)].sort());
  });
});
