import { describe, expect, it } from 'vitest';

import type { Request } from '../../src/domain/request.ts';
import { expectBack, expectRotated } from '../support/killed-and-rotated.ts';
import { WITH_HISTORY } from '../support/killed-runs.ts';
import { operatingEverywhere } from '../support/killed-operations.ts';
import type { OperationRun } from '../support/killed-operations.ts';
import { ORDERS } from '../support/orders.ts';
import { postsOf } from '../support/traces.ts';

const operateEverywhere = operatingEverywhere();

const MINUTES = 240_000;
const ROTATE = { kind: 'rotate', then: 'done' } as const;
const BACK = { kind: 'rotate', then: 'undone' } as const;

type Order = OperationRun['order'];
type Named = readonly [string, Order];
const GITLAB: Named = ['an integration at GitLab', ORDERS.gitlab];
const PIPELINE: Named = ['a pipeline’s account', ORDERS.automation];
const FLOW_USER: Named = ['a Flow user', ORDERS.flowUser];

/** The new credential is in use everywhere, and the old one still lives. */
const inGrace = ({ steps }: Request): boolean =>
  steps.some(({ id, facts }) => id === 'revoke-old' && facts?.['revokeAfter'] !== undefined);

describe('A rotation whose process is killed between any two effects', () => {
  it.each([GITLAB, FLOW_USER])(
    'of %s is gone on with, and one credential is left, stored and in use',
    async (_kind, order) => {
      const deaths = await operateEverywhere({ ...ROTATE, order }, expectRotated);
      expect(deaths).toBeGreaterThan(20);
    },
    MINUTES,
  );

  it.each([PIPELINE, FLOW_USER])(
    'of %s can be taken back as long as the old credential may not have been revoked',
    async (_kind, order) => {
      const run = { ...BACK, first: 'done', order } as const;

      const deaths = await operateEverywhere(run, expectBack);

      expect(deaths).toBeGreaterThan(20);
    },
    MINUTES,
  );

  it(
    'of a pipeline’s account is gone on with, and posts each of its messages once',
    async () => {
      const run = { ...ROTATE, order: ORDERS.automation, workspace: WITH_HISTORY };

      const deaths = await operateEverywhere(run, (ending, where) => {
        const { world, request } = ending;
        expectRotated(ending, where);
        const posts = Object.entries(postsOf(world, request.id));
        expect
          .soft(
            posts.map(([key]) => key),
            where,
          )
          .toContain('card');
        expect
          .soft(
            posts.filter(([, times]) => times !== 1),
            where,
          )
          .toEqual([]);
      });

      expect(deaths).toBeGreaterThan(40);
    },
    MINUTES,
  );
});

describe('A rotation whose process is killed while it is taken back', () => {
  it.each([GITLAB])(
    'leaves %s with its old credential in use',
    async (_kind, order) => {
      const deaths = await operateEverywhere({ ...BACK, from: inGrace, order }, expectBack);

      expect(deaths).toBeGreaterThan(10);
    },
    MINUTES,
  );
});
