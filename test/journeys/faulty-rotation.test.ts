import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { fault } from '../../src/sandbox/kit/faults.ts';
import type { Fault } from '../../src/sandbox/kit/faults.ts';
import { requestsOfRotation, rotateWithFault } from '../support/faulty-operations.ts';
import { expectBack } from '../support/killed-and-rotated.ts';
import { openAccount } from '../support/killed-operations.ts';
import type { OperationRun } from '../support/killed-operations.ts';
import { openLanes } from '../support/lanes.ts';
import type { Lanes } from '../support/lanes.ts';
import { ORDERS } from '../support/orders.ts';
import { mistakesIn } from '../support/traces.ts';

let lanes: Lanes;
beforeAll(async () => {
  lanes = await openLanes(1);
});
afterAll(() => lanes.close());

const MINUTES = 240_000;

const REFUSED: Named<Fault> = ['refused with 503', fault.status(503)];
const LOST: Named<Fault> = ['done, but its answer lost', fault.dropAfterEffect()];
const HALF: Named<Fault> = ['done, but its answer cut in half', fault.half()];
const DROPPED: Named<Fault> = ['lost on its way', fault.drop()];
type Order = OperationRun['order'];
type Named<What> = readonly [string, What];
const PIPELINE: Named<Order> = ['a pipeline’s account', ORDERS.automation];

// A pipeline's account makes every kind of request; elsewhere those that change something are enough.
const CASES = [
  trouble(PIPELINE, REFUSED, 'request'),
  trouble(PIPELINE, LOST, 'request'),
  trouble(PIPELINE, HALF, 'change'),
  trouble(PIPELINE, DROPPED, 'change'),
  trouble(['an integration at GitLab', ORDERS.gitlab], LOST, 'change'),
  trouble(['an integration at GitHub', ORDERS.github], LOST, 'change'),
  trouble(['a Flow user', ORDERS.flowUser], LOST, 'change'),
];

function trouble(
  [kind, order]: Named<Order>,
  [name, broken]: Named<Fault>,
  which: 'request' | 'change',
) {
  return [kind, which, name, order, broken] as const;
}

describe('While a credential is renewed', () => {
  it.each(CASES)(
    '%s always has one that works in use, whichever %s is %s until the app gives up',
    async (_kind, which, _name, order, broken) => {
      const [lane] = lanes.all;
      const account = await openAccount({ order }, lane);
      let tookBack = 0;

      const all = await requestsOfRotation(account);
      const spots = all.filter(({ what }) => which === 'request' || !what.includes(' GET '));
      for (const spot of spots) {
        const ending = await rotateWithFault(account, spot, broken);
        const where = `${spot.position}, ${spot.what}`;
        expect.soft(ending.outages, where).toEqual([]);
        expectBack(ending, where);
        expect.soft(mistakesIn(account.world), where).toEqual([]);
        if (ending.tookBack) tookBack += 1;
      }

      await account.world.close();
      expect(all.length).toBeGreaterThan(15);
      expect(tookBack).toBeGreaterThan(0);
    },
    MINUTES,
  );
});
