import type { OperationKind } from './operation.ts';
import type { Kind, StepRecord } from './request.ts';

/** The steps of each operation and kind, in order. Ids are also the journal's keys: never rename one. */
const PLANS = {
  create: {
    integration: [
      'address',
      'mailbox',
      'vendor-user',
      'access',
      'credential',
      'verify',
      'page',
      'flow-integration',
      'verify-connection',
      'confirm',
    ],
    automation: [
      'address',
      'mailbox',
      'vendor-user',
      'access',
      'credential',
      'verify',
      'page',
      'automation-secret',
      'verify-connection',
      'hide-from-reports',
      'confirm',
    ],
    'flow-user': [
      'address',
      'mailbox',
      'flow-password',
      'flow-invitation',
      'flow-sign-up',
      'flow-key',
      'flow-role',
      'verify',
      'page',
      'confirm',
    ],
  },
  rotate: {
    integration: [
      'new-credential',
      'verify',
      'switch-connection',
      'verify-connection',
      'promote',
      'revoke-old',
      'confirm',
    ],
    automation: [
      'new-credential',
      'verify',
      'switch-connection',
      'verify-connection',
      'promote',
      'revoke-old',
      'confirm',
    ],
    'flow-user': ['new-credential', 'flow-role', 'verify', 'promote', 'revoke-old', 'confirm'],
  },
  close: {
    integration: [
      'close-connection',
      'close-credential',
      'close-access',
      'close-user',
      'close-address',
      'close-page',
    ],
    automation: [
      'close-connection',
      'close-credential',
      'close-access',
      'close-user',
      'close-address',
      'close-page',
    ],
    'flow-user': ['close-credential', 'close-user', 'close-address', 'close-page'],
  },
  // Where a step does otherwise for an account that is there already, `steps/adopt` has it.
  adopt: {
    integration: [
      'vendor-user',
      'credential',
      'verify',
      'page',
      'flow-integration',
      'verify-connection',
      'confirm',
    ],
    automation: [
      'vendor-user',
      'credential',
      'verify',
      'page',
      'automation-secret',
      'verify-connection',
      'confirm',
    ],
    'flow-user': ['flow-sign-up', 'flow-key', 'flow-role', 'verify', 'page', 'confirm'],
  },
} as const satisfies Record<OperationKind, Record<Kind, readonly string[]>>;

export type StepId = (typeof PLANS)[OperationKind][Kind][number];

export function planOf(kind: Kind, operation: OperationKind = 'create'): readonly StepId[] {
  return PLANS[operation][kind];
}

/** A fresh journal for a plan. */
export function blankJournal(kind: Kind, operation: OperationKind = 'create'): StepRecord[] {
  return planOf(kind, operation).map((id) => ({
    id,
    state: 'pending',
    attempts: 0,
    facts: null,
    task: null,
    at: null,
  }));
}
