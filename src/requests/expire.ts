import type { Request } from '../domain/request.ts';
import { transition } from '../domain/transitions.ts';
import type { UseCaseDeps } from './deps.ts';

/** Ends an undecided request whose time is over. Quiet when it was decided meanwhile. */
export async function expire(id: string, deps: UseCaseDeps): Promise<void> {
  const now = deps.clock.now().toISOString();
  let expired = false;
  const request = await deps.records.update(id, (current) => {
    expired = current.state === 'pending' && current.expiresAt <= now;
    if (!expired) return undefined;
    const after = { ...transition(current, 'expire'), remindAt: null };
    return {
      request: after,
      events: [{ action: 'expired', actor: 'system', subject: id, details: {} }],
    };
  });
  if (expired) await deps.wish(request, 'render');
}

/** Reminds the approvers, and calls in the second group when its time has come. */
export async function remind(id: string, deps: UseCaseDeps): Promise<void> {
  const now = deps.clock.now();
  let reminded = false;
  const request = await deps.records.update(id, (current) => {
    reminded = isDue(current, now);
    if (!reminded) return undefined;
    const escalates = isEscalationDue(current, now);
    const remindAt = nextReminder(current, escalates, now);
    const action = escalates ? 'escalated' : 'reminded';
    return {
      request: { ...current, escalated: current.escalated || escalates, remindAt },
      events: [
        { action, actor: 'system', subject: id, details: { waitingSince: current.createdAt } },
      ],
    };
  });
  if (reminded) await deps.wish(request, 'render');
}

function isDue(request: Request, now: Date): boolean {
  return (
    request.state === 'pending' &&
    request.remindAt !== null &&
    Date.parse(request.remindAt) <= now.getTime()
  );
}

function isEscalationDue(request: Request, now: Date): boolean {
  const at = escalationAt(request);
  return !request.escalated && at !== null && at <= now.getTime();
}

function escalationAt({ policy, createdAt }: Request): number | null {
  return policy.escalateAfterMs === null ? null : Date.parse(createdAt) + policy.escalateAfterMs;
}

function nextReminder(request: Request, escalates: boolean, now: Date): string {
  const regular = now.getTime() + request.policy.remindEveryMs;
  const escalation = request.escalated || escalates ? null : escalationAt(request);
  return new Date(escalation === null ? regular : Math.min(regular, escalation)).toISOString();
}
