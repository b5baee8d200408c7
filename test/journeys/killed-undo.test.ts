import { describe, expect, it } from 'vitest';

import { expectNothing, isAt } from '../support/killed-and-undone.ts';
import { killingEverywhere } from '../support/killed-everywhere.ts';
import type { KilledRun } from '../support/killed-runs.ts';
import { ORDERS } from '../support/orders.ts';

const killEverywhere = killingEverywhere();

const UNDO = { first: 'undone', then: 'undone', workspace: null } as const;
const ABANDON = { first: 'done', then: 'undone', workspace: null } as const;
const MINUTES = 180_000;

describe('A process that is killed while it takes back half an account', () => {
  it.each<[string, KilledRun]>([
    ['GitLab account for Flow', { ...UNDO, order: ORDERS.gitlab, from: isAt('flow-integration') }],
    [
      'account for a pipeline',
      { ...UNDO, order: ORDERS.automation, from: isAt('hide-from-reports') },
    ],
    ['Flow user', { ...UNDO, order: ORDERS.flowUser, from: isAt('flow-key') }],
  ])(
    'leaves nothing of the %s when another one goes on',
    async (_kind, run) => {
      const deaths = await killEverywhere(run, async (ending, where) => {
        await expectNothing(ending, where);
      });

      expect(deaths).toBeGreaterThan(8);
    },
    MINUTES,
  );
});

describe('An account that is taken back after its process was killed anywhere', () => {
  it.each<[string, KilledRun]>([
    ['GitLab account for Flow', { ...ABANDON, order: ORDERS.gitlab }],
    ['Flow user', { ...ABANDON, order: ORDERS.flowUser }],
  ])(
    'leaves nothing of the %s, unless it was done before',
    async (_kind, run) => {
      const deaths = await killEverywhere(run, async (ending, where) => {
        if (ending.request.state === 'done') return;
        await expectNothing(ending, where);
      });

      expect(deaths).toBeGreaterThan(20);
    },
    MINUTES,
  );
});
