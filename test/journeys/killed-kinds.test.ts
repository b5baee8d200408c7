import { describe, expect, it } from 'vitest';

import { expectOne, FORWARDS, killingEverywhere, ONE } from '../support/killed-everywhere.ts';
import { ORDERS } from '../support/orders.ts';

const killEverywhere = killingEverywhere();

describe('A process that is killed between any two effects and started again', () => {
  it('leaves one of everything of an account for a pipeline', async () => {
    const run = { ...FORWARDS, order: ORDERS.automation, skip: 20 };
    const traces = { ...ONE, integrations: 0, variables: 1 };

    const deaths = await killEverywhere(run, (ending, where) => expectOne(ending, where, traces));

    expect(deaths).toBeGreaterThan(30);
  }, 180_000);

  it('leaves one of everything of a Flow user', async () => {
    const run = { ...FORWARDS, order: ORDERS.flowUser, skip: 8 };
    const traces = { ...ONE, secrets: ['api-key', 'password'], integrations: 0 };

    const deaths = await killEverywhere(run, (ending, where) => expectOne(ending, where, traces));

    expect(deaths).toBeGreaterThan(30);
  }, 180_000);
});
