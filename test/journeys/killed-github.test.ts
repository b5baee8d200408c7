import { describe, expect, it } from 'vitest';

import { expectOne, FORWARDS, killingEverywhere, ONE } from '../support/killed-everywhere.ts';
import { ORDERS } from '../support/orders.ts';

// GitHub's client keeps the sign-ins under way by installation, whichever server they are for: two
// worlds at the same time would get each other's tokens.
const killEverywhere = killingEverywhere(1);

describe('A process that is killed between any two effects and started again', () => {
  it('leaves one of everything of a GitHub account whose token a person deposits', async () => {
    const run = { ...FORWARDS, order: ORDERS.github, skip: 8 };
    const traces = { ...ONE, secrets: ['password', 'token'] };

    const deaths = await killEverywhere(run, (ending, where) => expectOne(ending, where, traces));

    expect(deaths).toBeGreaterThan(35);
  }, 180_000);
});
