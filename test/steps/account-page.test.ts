import { describe, expect, it } from 'vitest';

import type { Flow } from '../../src/flow/flow.ts';
import { accountPage, rotateAt } from '../../src/steps/account-page.ts';
import { aRequest } from '../support/builders.ts';
import {
  aFlowUserOrder,
  NOW,
  portsWith,
  requestWithUser,
  USER,
  withFacts,
} from './step-builders.ts';

const SECRET = {
  store: 'vault',
  name: 'flow-sa-7k3f9q-token',
  version: '1',
  url: 'https://v.example/s',
};
const VERIFICATION = {
  identity: USER.login,
  role: 'Reporter',
  scopes: ['read_api'],
  sees: { count: 2, noun: 'projects', sample: ['acme/web'] },
  expiresAt: '2026-12-23T00:00:00.000Z',
  isNot: ['is no administrator'],
  at: NOW.toISOString(),
};
const profile = () => ({
  role: 'Reporter in the chosen groups',
  tokenScopes: ['read_api'],
  means: ['Flow can read.'],
  flowFields: [],
  notes: ['Never share it.'],
});

const verified = withFacts(requestWithUser(), {
  'vendor-user': USER,
  credential: { secret: SECRET },
  verify: { verification: VERIFICATION },
});

function rowOf(page: Awaited<ReturnType<typeof accountPage>>, label: string) {
  return page.rows.find((row) => row.label === label);
}

describe('The page of an account', () => {
  it('says what is known so far, and what is not yet', async () => {
    const page = await accountPage(
      requestWithUser(),
      portsWith({}, { profile }),
      'being set up',
      NOW,
    );

    expect(page).toMatchObject({
      marker: 'flow-sa-7k3f9q',
      title: 'Flow service account flow-integrations@svc.example.com (SA-7K3F9Q)',
      status: 'being set up',
      secret: null,
    });
    expect(rowOf(page, 'Credential')?.value).toBe('not yet stored');
    expect(rowOf(page, 'Flow integration')?.value).toBe('not yet connected');
    expect(rowOf(page, 'Approved by')?.value).toBe('rule "all" (no approval needed)');
  });

  it('names people, role, scopes, the place of the credential and its proof', async () => {
    const by = [{ by: 'UAPP', verdict: 'approve', reason: null, at: NOW.toISOString() } as const];

    const page = await accountPage(
      { ...verified, decisions: by },
      portsWith({}, { profile }),
      'active',
      NOW,
    );

    expect(rowOf(page, 'Approved by')?.value).toBe('Name of UAPP');
    expect(rowOf(page, 'Login')).toMatchObject({ value: USER.login, url: USER.url });
    expect(rowOf(page, 'Role')?.value).toBe('Reporter in the chosen groups');
    expect(rowOf(page, 'Token scopes')?.value).toBe('read_api');
    expect(rowOf(page, 'Credential')).toMatchObject({
      value: 'flow-sa-7k3f9q-token in Vault, version 1',
      url: SECRET.url,
    });
    expect(rowOf(page, 'Verified')?.value).toBe('2026-11-23T10:00:00.000Z, sees 2 projects');
    expect(page.sections.map(({ title }) => title)).toEqual([
      'What it may do',
      'How to rotate',
      'How to close',
    ]);
  });

  it('of a Flow user tells its role in Flow and has no vendor', async () => {
    const flow = { baseUrl: 'https://flow.example' } as Flow;
    const request = aRequest({ order: aFlowUserOrder() });

    const page = await accountPage(request, portsWith({ flow }), 'active', NOW);

    expect(rowOf(page, 'Role in Flow')?.value).toBe('Custom role reading users, repos');
    expect(rowOf(page, 'Connection')).toBeUndefined();
  });
});

describe('The next rotation', () => {
  it('is a week before the credential dies when that is sooner than planned', () => {
    const at = rotateAt(verified, NOW);

    expect(at).toBe('2026-12-16T00:00:00.000Z');
  });

  it('is as planned when the credential does not die', () => {
    const forever = withFacts(verified, {
      verify: { verification: { ...VERIFICATION, expiresAt: null } },
    });

    const at = rotateAt(forever, NOW);

    expect(at).toBe('2027-02-21T10:00:00.000Z');
  });
});
