import type { HumanTask } from './task.ts';

/** How an attempt at something ended: it is so, a person must act, or it needs more time. */
export type Outcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'human'; readonly task: HumanTask }
  | { readonly kind: 'later'; readonly afterMs: number; readonly why: string };

export function done<T>(value: T): Outcome<T> {
  return { kind: 'done', value };
}

export function human(task: HumanTask): Outcome<never> {
  return { kind: 'human', task };
}

export function later(afterMs: number, why: string): Outcome<never> {
  return { kind: 'later', afterMs, why };
}

/** Carries a value on when it is done; passes a task or a wait through. */
export function whenDone<T, U>(outcome: Outcome<T>, next: (value: T) => U): Outcome<U> {
  return outcome.kind === 'done' ? done(next(outcome.value)) : outcome;
}
