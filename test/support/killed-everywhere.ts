import { afterAll, beforeAll, expect } from 'vitest';

import { killAndStartAgain } from './killed-runs.ts';
import type { Ending, KilledRun } from './killed-runs.ts';
import { openLanes } from './lanes.ts';
import type { Lanes } from './lanes.ts';
import { mistakesIn, tracesOf } from './traces.ts';
import type { Traces } from './traces.ts';

/** What an account leaves in the world when all went well. */
export const ONE: Traces = {
  users: 1,
  credentials: 1,
  storedCredentials: 1,
  secrets: ['token'],
  pages: ['current: active'],
  integrations: 1,
  variables: 0,
};

export const FORWARDS = { first: 'done', then: 'done', workspace: null } as const;

export type KillEverywhere = (
  run: KilledRun,
  look: (ending: Ending, where: string) => Promise<void> | void,
) => Promise<number>;

/**
 * For a test file: kills a process before each of its changes of the world in turn, and looks at
 * what there is when another one has come to the end. Says how many changes there were.
 */
export function killingEverywhere(lanesBesideEachOther?: number): KillEverywhere {
  let lanes: Lanes | undefined;
  beforeAll(async () => {
    lanes = await openLanes(lanesBesideEachOther);
  });
  afterAll(async () => {
    const broken = await lanes?.verifyAudit();
    await lanes?.close();
    expect(broken).toBeUndefined();
  });

  return async (run, look) => {
    if (lanes === undefined) throw new Error('The lanes are not open yet');
    return lanes.forEvery(async (position, lane) => {
      const ending = await killAndStartAgain(run, position, lane);
      const { world, killedBefore } = ending;
      const where = `killed before change ${position}, ${killedBefore}`;
      await look(ending, where);
      expect.soft(mistakesIn(world), where).toEqual([]);
      await world.close();
      return killedBefore === null ? 'enough' : 'more';
    }, run.skip);
  };
}

export async function expectOne(ending: Ending, where: string, traces: Traces): Promise<void> {
  const { world, life, request } = ending;
  expect.soft(request, where).toMatchObject({ state: 'done', failure: null });
  expect.soft(await tracesOf(world, request, life.ports.store), where).toEqual(traces);
  expect.soft(await life.records.findAccount(request.id), where).toMatchObject({ state: 'active' });
}
