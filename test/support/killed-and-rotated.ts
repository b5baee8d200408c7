import { expect } from 'vitest';

import type { OperationEnding } from './killed-operations.ts';
import { credentialsOf } from './mortal-credentials.ts';
import { pagesOf } from './traces.ts';

/** The rotation is through, and one credential is left. */
export function expectRotated(ending: OperationEnding, where: string): void {
  const { request, before, after } = ending;
  expect.soft(request, where).toMatchObject({ state: 'done', failure: null });
  expect.soft(after, where).toMatchObject({ state: 'active', generation: before.generation + 1 });
  expectOneCredential(ending, where);
}

/** The account is as it was before; unless there was no way back any more. */
export function expectBack(ending: OperationEnding, where: string): void {
  if (ending.request.state === 'done') {
    expectRotated(ending, where);
    return;
  }
  const { request, before, after } = ending;
  expect.soft(request, where).toMatchObject({ state: 'undone' });
  expect.soft(after, where).toEqual(before);
  expectOneCredential(ending, where);
}

function expectOneCredential(ending: OperationEnding, where: string): void {
  const { world, made } = ending;
  const { living: all, stored, used, secrets } = credentialsOf(world, made);
  // What a person made and never handed in, only that person can revoke.
  const living = all.filter((value) => ending.stored.has(value));
  expect.soft(living, where).toHaveLength(1);
  expect.soft([stored, used], where).toEqual([living[0], living[0]]);
  expect
    .soft(
      secrets.filter((name) => /-(?:next|previous)$/.test(name)),
      where,
    )
    .toEqual([]);
  expect.soft(pagesOf(world, made.id), where).toEqual(['current: active']);
}
