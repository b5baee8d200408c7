import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { z } from 'zod';

import { Secret } from '../../src/domain/secret.ts';
import { confluence } from '../../src/knowledge/confluence/index.ts';
import { folder } from '../../src/knowledge/folder/index.ts';
import { stores } from '../../src/stores/index.ts';

/** The example as the configuration loader delivers it: references have become secrets. */
function resolved(value: unknown): unknown {
  if (typeof value === 'string')
    return /^(?:env|file):/.test(value) ? new Secret('from-env') : value;
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolved(each)]));
}

const examples: readonly (readonly [string, z.ZodType, string])[] = [
  ...stores,
  confluence,
  folder,
].map(({ id, schema, example }) => [id, schema, example]);

test.each(examples)('The example of %s is a valid slice of configuration.', (_id, schema, text) => {
  const result = schema.safeParse(resolved(parse(text)));

  expect(result.error?.issues).toBeUndefined();
});

test.each(examples)('A slip of the pen in %s is refused.', (_id, schema, text) => {
  const slice = resolved(parse(text)) as Record<string, unknown>;

  const result = schema.safeParse({ ...slice, tiemout_ms: 1000 });

  expect(result.error?.issues[0]?.code).toBe('unrecognized_keys');
});
