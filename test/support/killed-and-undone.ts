import { expect } from 'vitest';

import type { Request } from '../../src/domain/request.ts';
import type { Ending } from './killed-runs.ts';
import { tracesOf } from './traces.ts';

/** Does a step of the request wait for a person? */
export const isAt =
  (step: string) =>
  ({ steps }: Request): boolean =>
    steps.some(({ id, state }) => id === step && state === 'human');

/** What was taken back has left nothing but its page, which says so. */
export async function expectNothing(
  { world, life, request }: Ending,
  where: string,
): Promise<void> {
  expect.soft(request, where).toMatchObject({ state: 'undone', failure: null });
  const { pages, ...rest } = await tracesOf(world, request, life.ports.store);
  expect.soft(rest, where).toEqual({
    users: 0,
    credentials: 0,
    storedCredentials: 0,
    secrets: [],
    integrations: 0,
    variables: 0,
  });
  expect
    .soft(
      pages.filter((page) => page !== 'current: undone'),
      where,
    )
    .toEqual([]);
}
