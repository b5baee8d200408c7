import { readFileSync } from 'node:fs';

import { Secret } from '../domain/secret.ts';
import type { ConfigProblem } from './problem.ts';

/** What the loader may look at besides the file itself. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile?: (path: string) => string;
}

/**
 * Replaces every `env:NAME` and `file:/path` in the raw configuration by the `Secret` it names.
 * Schemas then accept secrets only as `Secret`, so a plain password in the file cannot pass.
 */
export function resolveReferences(
  raw: unknown,
  surroundings: Surroundings,
  problems: ConfigProblem[],
  key = '',
): unknown {
  if (typeof raw === 'string') return resolveText(raw, surroundings, problems, key);
  if (Array.isArray(raw)) {
    return raw.map((item, index) =>
      resolveReferences(item, surroundings, problems, `${key}[${index}]`),
    );
  }
  if (typeof raw !== 'object' || raw === null || raw instanceof Secret) return raw;
  const entries = Object.entries(raw).map(([name, value]) => {
    const inner = key === '' ? name : `${key}.${name}`;
    return [name, resolveReferences(value, surroundings, problems, inner)] as const;
  });
  return Object.fromEntries(entries);
}

function resolveText(
  text: string,
  { env, readFile = readText }: Surroundings,
  problems: ConfigProblem[],
  key: string,
): unknown {
  const [, scheme, name = ''] = /^(env|file):(.+)$/.exec(text) ?? [];
  if (scheme === undefined) return text;
  if (scheme === 'env') {
    const value = env[name];
    if (value !== undefined && value !== '') return new Secret(value);
    problems.push({
      key,
      found: text,
      problem: `the environment variable ${name} is not set`,
      example: `export ${name}=…`,
    });
    return new Secret('');
  }
  try {
    return new Secret(readFile(name).trimEnd());
  } catch {
    problems.push({
      key,
      found: text,
      problem: `the file ${name} cannot be read`,
      example: 'file:/run/secrets/name',
    });
    return new Secret('');
  }
}

function readText(path: string): string {
  return readFileSync(path, 'utf8');
}
