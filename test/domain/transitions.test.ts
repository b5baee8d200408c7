import { describe, expect, it } from 'vitest';

import { hasCode } from '../../src/domain/errors.ts';
import { FINAL_STATES, STATES } from '../../src/domain/request.ts';
import { mayMove, transition } from '../../src/domain/transitions.ts';
import type { Move } from '../../src/domain/transitions.ts';
import { aRequest } from '../support/builders.ts';

const MOVES: Move[] = [
  'approve',
  'deny',
  'cancel',
  'expire',
  'start',
  'wait',
  'fail',
  'retry',
  'complete',
  'undo',
  'undone',
];

describe('The life of a request', () => {
  it('has no way out of a final state', () => {
    const ways = FINAL_STATES.flatMap((state) => MOVES.filter((move) => mayMove(state, move)));

    expect(ways).toEqual([]);
  });

  it('can reach every state', () => {
    const reached = new Set<string>(['pending']);
    for (let round = 0; round < STATES.length; round += 1) {
      for (const state of STATES.filter((state) => reached.has(state))) {
        for (const move of MOVES.filter((move) => mayMove(state, move))) {
          reached.add(transition(aRequest({ state }), move).state);
        }
      }
    }

    expect([...reached].sort()).toEqual([...STATES].sort());
  });

  it('refuses a second decision as a conflict', () => {
    const denied = transition(aRequest(), 'deny');

    expect(() => transition(denied, 'approve')).toThrow(
      expect.toSatisfy((error) => hasCode(error, 'conflict')),
    );
  });
});
