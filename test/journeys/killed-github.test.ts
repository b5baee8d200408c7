import { describe, expect, it } from 'vitest';

import { marker } from '../../src/domain/naming.ts';
import { expectBack, expectRotated } from '../support/killed-and-rotated.ts';
import { expectOne, FORWARDS, killingEverywhere, ONE } from '../support/killed-everywhere.ts';
import { expectNothing, isAt } from '../support/killed-and-undone.ts';
import { operatingEverywhere } from '../support/killed-operations.ts';
import { credentialsOf } from '../support/mortal-credentials.ts';
import { ORDERS } from '../support/orders.ts';
import { pagesOf } from '../support/traces.ts';

// GitHub's client keeps the sign-ins under way by installation, whichever server they are for: two
// worlds at the same time would get each other's tokens.
const killEverywhere = killingEverywhere(1);
const operateEverywhere = operatingEverywhere(1);

const MINUTES = 180_000;
const { github: order } = ORDERS;

describe('A process that is killed between any two effects and started again', () => {
  it(
    'leaves one of everything of a GitHub account whose token a person deposits',
    async () => {
      const run = { ...FORWARDS, order, skip: 8 };
      const traces = { ...ONE, secrets: ['password', 'token'] };

      const deaths = await killEverywhere(run, (ending, where) => expectOne(ending, where, traces));

      expect(deaths).toBeGreaterThan(35);
    },
    MINUTES,
  );

  it(
    'leaves nothing of a GitHub account that is taken back',
    async () => {
      const run = { first: 'undone', then: 'undone', workspace: null, order } as const;

      const deaths = await killEverywhere(
        { ...run, from: isAt('flow-integration') },
        expectNothing,
      );

      expect(deaths).toBeGreaterThan(15);
    },
    MINUTES,
  );
});

describe('At GitHub, where a person makes the token, an operation whose process is killed', () => {
  it(
    'leaves one token of a rotation, which is stored and in use',
    async () => {
      const run = { kind: 'rotate', then: 'done', order } as const;

      const deaths = await operateEverywhere(run, expectRotated);

      expect(deaths).toBeGreaterThan(30);
    },
    MINUTES,
  );

  it(
    'leaves the old token of a rotation that is taken back, and no other',
    async () => {
      const run = { kind: 'rotate', first: 'done', then: 'undone', order } as const;

      const deaths = await operateEverywhere(run, expectBack);

      expect(deaths).toBeGreaterThan(30);
    },
    MINUTES,
  );

  it(
    'leaves no token and no user of a closing',
    async () => {
      const run = { kind: 'close', then: 'done', order } as const;

      const deaths = await operateEverywhere(run, ({ world, made, request, after }, where) => {
        const { users } = world.outside.github.world.state;
        const { integrations } = world.outside.flow.workspace;
        expect.soft(request, where).toMatchObject({ state: 'done', failure: null });
        expect.soft(after, where).toMatchObject({ state: 'closed' });
        expect.soft(credentialsOf(world, made).living, where).toEqual([]);
        expect
          .soft(
            users.filter(({ email }) => email === made.order.address),
            where,
          )
          .toEqual([]);
        expect
          .soft(
            integrations.filter((one) => one.marker === marker(made.id)),
            where,
          )
          .toEqual([]);
        expect.soft(pagesOf(world, made.id), where).toEqual(['current: closed']);
      });

      expect(deaths).toBeGreaterThan(15);
    },
    MINUTES,
  );
});
