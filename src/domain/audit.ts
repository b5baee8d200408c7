import type { PersonId } from './request.ts';

/** Everything that is worth keeping for ever. Refusals and failures are events like any other. */
export type AuditAction =
  | 'requested'
  | 'auto-approved'
  | 'approved'
  | 'break-glass'
  | 'denied'
  | 'cancelled'
  | 'expired'
  | 'reminded'
  | 'escalated'
  | 'refused'
  | 'started'
  | 'step-done'
  | 'step-failed'
  | 'task-opened'
  | 'task-answered'
  | 'task-checked'
  | 'retried'
  | 'failed'
  | 'undo-started'
  | 'rolled-back'
  | 'account-closed'
  | 'account-changed'
  | 'account-checked'
  | 'owner-reminded'
  | 'reminder-snoozed'
  | 'review-asked'
  | 'review-escalated'
  | 'review-answered'
  | 'hand-over-asked'
  | 'handed-over'
  | 'hand-over-declined'
  | 'secret-destroyed'
  | 'step-undone'
  | 'undone'
  | 'completed'
  | 'credential-read'
  | 'credential-deposited'
  | 'deposit-refused'
  | 'deposit-opened'
  | 'config-changed'
  | 'dry-run';

export interface AuditEvent {
  readonly action: AuditAction;
  readonly actor: PersonId;
  /** A request or account id. */
  readonly subject: string;
  /** Plain facts for people and auditors; never a secret. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** An event as it is kept: numbered without gaps and chained to the one before it. */
export interface AuditEntry extends AuditEvent {
  readonly seq: number;
  readonly at: string;
  /** The exact text that was hashed. */
  readonly entry: string;
  readonly previousHash: string;
  /** sha256(previousHash + entry), hex. */
  readonly hash: string;
}
