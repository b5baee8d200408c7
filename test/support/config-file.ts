import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { stringify } from 'yaml';

import { Secret } from '../../src/domain/secret.ts';

/** Writes a configuration as an operator would: secrets as references, values in the environment. */
export async function writeConfigFile(
  raw: unknown,
  folder: string,
): Promise<{ file: string; env: Record<string, string> }> {
  const env: Record<string, string> = {};
  function refer(value: unknown): unknown {
    if (value instanceof Secret) {
      const name = `SECRET_${Object.keys(env).length + 1}`;
      env[name] = value.reveal();
      return `env:${name}`;
    }
    if (Array.isArray(value)) return value.map(refer);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, refer(inner)]));
  }
  const file = join(folder, 'config.yml');
  await writeFile(file, stringify(refer(raw)));
  return { file, env };
}
