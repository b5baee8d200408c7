import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { Secret } from '../../src/domain/secret.ts';
import { flowExample, flowSchema } from '../../src/flow/index.ts';

const API_KEY = new Secret('a-key-for-the-tests');

function problemsOf(config: Record<string, unknown>): string[] {
  const parsed = flowSchema.safeParse({ api_key: API_KEY, ...config });
  return parsed.success ? [] : parsed.error.issues.map((issue) => issue.path.join('.'));
}

describe("Flow's slice of the configuration", () => {
  it('accepts its own example', () => {
    const example = parse(flowExample) as Record<string, unknown>;

    expect(problemsOf({ ...example, api_key: API_KEY })).toEqual([]);
  });

  it.each([
    'https://acme.appfireflow.com',
    'https://acme-2.appfireflow.com/',
    'http://127.0.0.1:4000',
    'http://localhost:4000',
  ])('lets the key go to %s', (url) => {
    expect(problemsOf({ base_url: url })).toEqual([]);
  });

  it.each([
    'http://acme.appfireflow.com',
    'https://evil.example',
    'https://acme.appfireflow.com.evil.example',
    'https://evil.example/.appfireflow.com',
    'https://a.b.appfireflow.com',
    'https://user@acme.appfireflow.com',
    'https://acme.appfireflow.com/v3',
    'https://acme.appfireflow.com:8443',
    'ftp://acme.appfireflow.com',
    'acme.appfireflow.com',
    '',
  ])('never lets the key go to %s', (url) => {
    expect(problemsOf({ base_url: url })).toEqual(['base_url']);
  });

  it('takes a host of the own house only when told so, and only with https', () => {
    const url = 'https://flow.acme.example';

    expect(problemsOf({ base_url: url })).toEqual(['base_url']);
    expect(problemsOf({ base_url: url, own_host: true })).toEqual([]);
    expect(problemsOf({ base_url: 'http://flow.acme.example', own_host: true })).toEqual([
      'base_url',
    ]);
  });

  it('demands a body for invitations by the call, and a path without surprises', () => {
    const base_url = 'https://acme.appfireflow.com';
    const body = { emails: ['{email}'] };

    expect(problemsOf({ base_url, invite: { mode: 'api' } })).toEqual(['invite.body']);
    expect(problemsOf({ base_url, invite: { mode: 'api', body } })).toEqual([]);
    const path = 'https://evil.example/';
    expect(problemsOf({ base_url, invite: { mode: 'api', body, path } })).toEqual(['invite.path']);
  });
});
