import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { fault } from '../../src/sandbox/kit/faults.ts';
import type { Fault } from '../../src/sandbox/kit/faults.ts';
import { ONE } from '../support/killed-everywhere.ts';
import { runWithFaults, STRIDE, systemOf } from '../support/faulty-runs.ts';
import type { FaultyRun, Outcome, Struck } from '../support/faulty-runs.ts';
import { openLanes } from '../support/lanes.ts';
import type { Lanes } from '../support/lanes.ts';
import { ORDERS } from '../support/orders.ts';
import { mistakesIn, tracesOf } from '../support/traces.ts';
import type { Traces } from '../support/traces.ts';

let lanes: Lanes;
beforeAll(async () => {
  lanes = await openLanes();
});
afterAll(() => lanes.close());

const WAIT_S = 90;
const MINUTES = 240_000;

const FAULTS: readonly [string, Fault][] = [
  ['answered with 429 and Retry-After', fault.rateLimited(WAIT_S)],
  ['answered with 500', fault.status(500)],
  ['lost on its way', fault.drop()],
  ['done, but its answer lost', fault.dropAfterEffect()],
  ['done, but its answer cut in half', fault.half()],
];
const LOST = FAULTS.slice(3);
const GITLAB = ['a GitLab account for Flow', ORDERS.gitlab, ONE] as const;
const FLOW_USER = [
  'a Flow user',
  ORDERS.flowUser,
  { ...ONE, secrets: ['api-key', 'password'], integrations: 0 },
] as const;
// What was not done is the same for every kind; what was done without an answer is not.
const CASES: readonly (readonly [string, string, FaultyRun['order'], Traces, Fault])[] = [
  ...FAULTS.map(([name, broken]) => [...named(GITLAB, name), broken] as const),
  ...[FAULTS[0], ...LOST].flatMap((each) =>
    each === undefined ? [] : [[...named(FLOW_USER, each[0]), each[1]] as const],
  ),
];

function named<Order, Left>(
  [kind, order, left]: readonly [string, Order, Left],
  fault: string,
): readonly [string, string, Order, Left] {
  return [kind, fault, order, left];
}

async function expectOne({ world, life, request }: Outcome, where: string, traces: Traces) {
  expect.soft(request, where).toMatchObject({ state: 'done', failure: null });
  expect.soft(await tracesOf(world, request, life.ports.store), where).toEqual(traces);
  expect.soft(mistakesIn(world), where).toEqual([]);
}

/** Nobody asked sooner than they were told to, and it did not count as a failure. */
function expectPatience(struck: readonly Struck[]): void {
  for (const { what, at, askedAgainAt, attempts } of struck) {
    expect.soft(attempts, what).toBe(0);
    // Names of people are a nicety: where Slack does not tell one, the next is asked for all the same.
    if (systemOf(what) === 'Slack' || askedAgainAt === null) continue;
    expect.soft(askedAgainAt - at, what).toBeGreaterThanOrEqual(WAIT_S * 1000);
  }
}

describe('While an account is made', () => {
  it.each(CASES)(
    '%s: any request may be %s, and there is still one of everything in the end',
    async (_kind, _name, order, traces, broken) => {
      const struck: Struck[] = [];

      await lanes.forEvery(async (position, lane) => {
        if (position === STRIDE) return 'enough';
        const outcome = await runWithFaults({ order, fault: broken }, position, lane);
        const where = outcome.struck.map(({ what }) => what).join(', ');
        await expectOne(outcome, where, traces);
        struck.push(...outcome.struck);
        await outcome.world.close();
        return 'more';
      });

      expect(struck.length).toBeGreaterThan(STRIDE);
      if (broken.kind === 'status' && broken.answer.status === 429) expectPatience(struck);
    },
    MINUTES,
  );
});
