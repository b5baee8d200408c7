import type { Account, Care } from '../domain/account.ts';
import type { AuditAction, AuditEvent } from '../domain/audit.ts';
import type { CareDeps } from './deps.ts';

/** Writes a change of an account's care, with what the audit keeps of it. */
export function changeCare(
  account: Account,
  deps: CareDeps,
  change: (current: Account) => Partial<Care> | undefined,
  events: readonly AuditEvent[] = [],
): Promise<Account> {
  return deps.useCases.records.updateAccount(account.id, (current) => {
    const care = change(current);
    if (care === undefined) return undefined;
    return { account: { ...current, care: { ...current.care, ...care } }, events };
  });
}

export function eventOf(
  account: Pick<Account, 'id'>,
  action: AuditAction,
  details: Readonly<Record<string, unknown>> = {},
  actor = 'system',
): AuditEvent {
  return { action, actor, subject: account.id, details };
}
