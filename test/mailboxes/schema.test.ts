import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { Secret } from '../../src/domain/secret.ts';
import { catchAll } from '../../src/mailboxes/catch-all/index.ts';
import { cloudflareEmailRouting } from '../../src/mailboxes/cloudflare-email-routing/index.ts';
import { googleWorkspace } from '../../src/mailboxes/google-workspace/index.ts';
import { human } from '../../src/mailboxes/human/index.ts';
import { mailboxKinds } from '../../src/mailboxes/index.ts';
import { microsoft365 } from '../../src/mailboxes/microsoft-365/index.ts';

const PASSWORD = new Secret('a-password-for-the-tests');

/** The example as the loader hands it on: without its type, references resolved. */
function example(text: string): Record<string, unknown> {
  const { type: _type, ...slice } = parse(text) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(slice).map(([key, value]) => {
      if (typeof value === 'object') return [key, { ...value, password: PASSWORD }];
      return [key, typeof value === 'string' && /^(?:env|file):/.test(value) ? PASSWORD : value];
    }),
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
  it.each(mailboxKinds)('accept the example of $id', (kind) => {
    expect(problemsOf(kind, example(kind.example))).toEqual([]);
  });

  it.each([
    [googleWorkspace, { bot: undefined }, 'bot'],
    [googleWorkspace, { admin: undefined }, 'admin'],
    [googleWorkspace, { admin: 'somebody' }, 'admin'],
    [microsoft365, { license: undefined }, 'license'],
    [microsoft365, { usage_location: 'Germany' }, 'usage_location'],
    [microsoft365, { tenant_id: 'acme.onmicrosoft.com' }, 'tenant_id'],
    [microsoft365, { graph_url: 'http://graph.example.com' }, 'graph_url'],
    [cloudflareEmailRouting, { zone_id: 'example.com' }, 'zone_id'],
    [cloudflareEmailRouting, { destination: 'flow-bot' }, 'destination'],
    [cloudflareEmailRouting, { api_url: 'ftp://127.0.0.1' }, 'api_url'],
  ])('name the field that is wrong (%#)', (kind, change, field) => {
    expect(problemsOf(kind, { ...example(kind.example), ...change })).toEqual([field]);
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
