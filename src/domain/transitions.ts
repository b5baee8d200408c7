import { ProductError } from './errors.ts';
import type { Request, State } from './request.ts';

export type Move =
  | 'approve'
  | 'deny'
  | 'cancel'
  | 'expire'
  | 'start'
  | 'wait'
  | 'fail'
  | 'retry'
  | 'complete'
  | 'undo'
  | 'undone';

/** The whole life of a request: from which states a move is allowed, and where it leads. */
const MOVES: Readonly<Record<Move, { readonly from: readonly State[]; readonly to: State }>> = {
  approve: { from: ['pending'], to: 'approved' },
  deny: { from: ['pending'], to: 'denied' },
  cancel: { from: ['pending'], to: 'cancelled' },
  expire: { from: ['pending'], to: 'expired' },
  start: { from: ['approved', 'waiting', 'provisioning'], to: 'provisioning' },
  wait: { from: ['provisioning'], to: 'waiting' },
  fail: { from: ['provisioning', 'undoing'], to: 'failed' },
  retry: { from: ['failed'], to: 'provisioning' },
  complete: { from: ['provisioning'], to: 'done' },
  undo: { from: ['approved', 'provisioning', 'waiting', 'failed'], to: 'undoing' },
  undone: { from: ['undoing'], to: 'undone' },
};

export function mayMove(state: State, move: Move): boolean {
  return MOVES[move].from.includes(state);
}

/**
 * The request in its next state.
 * @throws ProductError `conflict` when the move is not allowed from the present state.
 */
export function transition(request: Request, move: Move): Request {
  const { from, to } = MOVES[move];
  if (from.includes(request.state)) return { ...request, state: to };
  const message = `${request.id} is ${request.state}; it can no longer be changed that way.`;
  throw new ProductError('conflict', { subject: request.id, message });
}
