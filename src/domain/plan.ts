import type { Kind, StepRecord } from './request.ts';

/** The steps of each kind, in order. Ids are also the journal's keys: never rename one. */
const PLANS = {
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
} as const satisfies Record<Kind, readonly string[]>;

export type StepId = (typeof PLANS)[Kind][number];

export function planOf(kind: Kind): readonly StepId[] {
  return PLANS[kind];
}

/** A fresh journal for a plan. */
export function blankJournal(kind: Kind): StepRecord[] {
  return PLANS[kind].map((id) => ({
    id,
    state: 'pending',
    attempts: 0,
    facts: null,
    task: null,
    at: null,
  }));
}
