import { describe, expect, it } from 'vitest';

import { WITH_HISTORY } from '../support/killed-runs.ts';
import { operatingEverywhere } from '../support/killed-operations.ts';
import type { OperationEnding, OperationRun } from '../support/killed-operations.ts';
import { credentialsOf } from '../support/mortal-credentials.ts';
import { ORDERS } from '../support/orders.ts';
import { pagesOf, postsOf } from '../support/traces.ts';

const operateEverywhere = operatingEverywhere();

const MINUTES = 240_000;
const CLOSE = { kind: 'close', then: 'done' } as const;

const KINDS: readonly [string, OperationRun['order']][] = [
  ['an integration at GitLab', ORDERS.gitlab],
  ['a pipeline’s account', ORDERS.automation],
];

function expectClosed({ world, made, request, after }: OperationEnding, where: string): void {
  const { outside } = world;
  const { living, secrets } = credentialsOf(world, made);
  expect.soft(request, where).toMatchObject({ state: 'done', failure: null });
  expect.soft(after, where).toMatchObject({ state: 'closed' });
  expect.soft(living, where).toEqual([]);
  expect
    .soft(
      secrets.filter((name) => name.includes('-')),
      where,
    )
    .toEqual(made.order.kind === 'flow-user' ? ['api-key'] : []);
  expect.soft(pagesOf(world, made.id), where).toEqual(['current: closed']);
  expect
    .soft(outside.flow.workspace.user(made.order.address)?.hasLogin ?? false, where)
    .toBe(false);
  expect.soft(outside.flow.workspace.integrations, where).toEqual([]);
  expect.soft(outside.ci.variables('projects acme/web'), where).toEqual([]);
  expect
    .soft(
      outside.gitlab.state.users.filter(({ serviceOf }) => serviceOf !== null),
      where,
    )
    .toEqual([]);
}

describe('A closing whose process is killed between any two effects', () => {
  it.each(KINDS)(
    'of %s is gone on with, and nothing of the account works any more',
    async (_kind, order) => {
      const deaths = await operateEverywhere({ ...CLOSE, order }, expectClosed);

      expect(deaths).toBeGreaterThan(8);
    },
    MINUTES,
  );

  it(
    'of a Flow user is gone on with, and posts each of its messages once',
    async () => {
      const run = { ...CLOSE, order: ORDERS.flowUser, workspace: WITH_HISTORY };

      const deaths = await operateEverywhere(run, (ending, where) => {
        expectClosed(ending, where);
        const posts = Object.entries(postsOf(ending.world, ending.request.id));
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

      expect(deaths).toBeGreaterThan(20);
    },
    MINUTES,
  );
});
