import { describe, expect, it } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { humanTask } from '../../src/domain/task.ts';
import { FLOW_OBJECTS } from '../../src/flow/flow.ts';
import type { Flow, IntegrationHealth } from '../../src/flow/flow.ts';
import { reachOfKey } from '../../src/steps/flow-reach.ts';
import { verifyConnection } from '../../src/steps/verify-connection.ts';
import { aRequest } from '../support/builders.ts';
import { aFlowUserOrder, contextOf, portsWith, USER, withFacts } from './step-builders.ts';

const KEY = new Secret('an-api-key-of-flow');

function portsReading(...objects: string[]) {
  const refused = FLOW_OBJECTS.filter((object) => !objects.includes(object));
  return portsWith({ flow: { probeKey: async () => ({ objects, refused }) } as unknown as Flow });
}

describe('What a Flow key reaches', () => {
  it('is right when it is exactly what was approved', async () => {
    const reach = await reachOfKey(aFlowUserOrder(), portsReading('users', 'repos'), KEY);

    expect(reach).toMatchObject({ missing: [], tooMuch: [] });
    expect(reach.refused).toEqual(['teams', 'team_membership', 'integrations']);
    expect(reach.finding).toBe('The key reads exactly what was approved.');
  });

  it('is wrong in both directions, said in one sentence', async () => {
    const reach = await reachOfKey(aFlowUserOrder(), portsReading('users', 'teams'), KEY);

    expect(reach).toMatchObject({ missing: ['repos'], tooMuch: ['teams'] });
    expect(reach.finding).toBe(
      'The key was tried: it cannot read repos, and it can read teams, which was not approved.',
    );
  });

  it('must be everything for an Admin', async () => {
    const order = aFlowUserOrder({ role: 'admin', permissions: [] });

    const reach = await reachOfKey(order, portsReading('users', 'repos'), KEY);

    expect(reach).toMatchObject({
      missing: ['teams', 'team_membership', 'integrations'],
      tooMuch: [],
    });
  });
});

function contextWith(health: Partial<IntegrationHealth>) {
  const task = humanTask({ id: 'connect', title: 'Connect', role: 'flow-admin', instructions: [] });
  const flow = {
    health: async () => ({
      status: 'unknown',
      words: 'Unknown',
      failingRepositories: [],
      ...health,
    }),
    tasks: {
      createIntegration: (_details: unknown, finding: string | null) => ({ ...task, finding }),
    },
  } as unknown as Flow;
  const request = withFacts(aRequest({ state: 'provisioning' }), {
    'vendor-user': USER,
    'flow-integration': { integrationId: '12', name: 'GitLab acme' },
  });
  const profile = () => ({
    role: 'Reporter',
    tokenScopes: [],
    means: [],
    flowFields: [],
    notes: [],
  });
  return contextOf(request, portsWith({ flow }, { profile }));
}

describe('The check of a Flow integration', () => {
  it.each([
    ['healthy', 'Healthy'],
    ['processing', 'Processing'],
  ] as const)('holds when Flow says it is %s', async (status, words) => {
    const outcome = await verifyConnection.run(contextWith({ status, words }));

    expect(outcome).toEqual({ kind: 'done', value: { says: words } });
  });

  it('waits while Flow itself must wait', async () => {
    const outcome = await verifyConnection.run(contextWith({ status: 'rate-limited' }));

    expect(outcome).toMatchObject({ kind: 'later', afterMs: 60_000 });
  });

  it('asks a person to edit, never to delete, what does not work', async () => {
    const health = {
      status: 'failed',
      words: 'Failed',
      failingRepositories: ['web', 'api'],
    } as const;

    const outcome = await verifyConnection.run(contextWith(health));

    expect(outcome).toMatchObject({
      kind: 'human',
      task: {
        finding:
          'Flow says about this integration: Failed. It cannot read: web, api. Edit its credentials; never delete it.',
      },
    });
  });
});
