import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { Secret } from '../../src/domain/secret.ts';
import { catchAll } from '../../src/mailboxes/catch-all/index.ts';
import { human } from '../../src/mailboxes/human/index.ts';

const PASSWORD = new Secret('a-password-for-the-tests');

/** The example as the loader hands it on: without its type, references resolved. */
function example(text: string): Record<string, unknown> {
  const { type: _type, ...slice } = parse(text) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(slice).map(([key, value]) => [
      key,
      typeof value === 'object' ? { ...value, password: PASSWORD } : value,
    ]),
  );
}

function problemsOf(
  definition: {
    schema: { safeParse(value: unknown): { error?: { issues: { path: PropertyKey[] }[] } } };
  },
  config: Record<string, unknown>,
): string[] {
  const issues = definition.schema.safeParse(config).error?.issues ?? [];
  return issues.map((issue) => issue.path.join('.'));
}

describe("The mailboxes' slices of the configuration", () => {
  it('accept their own examples', () => {
    expect(problemsOf(catchAll, example(catchAll.example))).toEqual([]);
    expect(problemsOf(human, example(human.example))).toEqual([]);
  });

  it('want a base for plus addresses and only for them', () => {
    const slice = example(catchAll.example);

    expect(problemsOf(catchAll, { ...slice, style: 'plus' })).toEqual(['base']);
    expect(problemsOf(catchAll, { ...slice, style: 'plus', base: 'bot' })).toEqual([]);
    expect(problemsOf(catchAll, { ...slice, base: 'bot' })).toEqual(['base']);
  });

  it.each(['example', 'two@example.com', 'ex ample.com', '-.com', ''])(
    'refuse %j as a domain',
    (domain) => {
      expect(problemsOf(catchAll, { ...example(catchAll.example), domain })).toEqual(['domain']);
    },
  );

  it.each(['flow@example.com', '{local}', '{local}@{local}.com', '{local}@example'])(
    'refuse %j as a pattern of addresses',
    (address) => {
      expect(problemsOf(human, { ...example(human.example), address })).toEqual(['address']);
    },
  );
});
