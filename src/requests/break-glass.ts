import { approvals, breakGlassOf, refuseBreakGlass, refuseMember } from '../domain/approval.ts';
import type { Member } from '../domain/approval.ts';
import type { AuditEvent } from '../domain/audit.ts';
import { ProductError } from '../domain/errors.ts';
import type { Request } from '../domain/request.ts';
import { transition } from '../domain/transitions.ts';
import { LONGEST_REASON } from './decide.ts';
import { changeOrRefuse } from './deps.ts';
import type { UseCaseDeps } from './deps.ts';
import type { Answer } from './requests.ts';
import { refuseSecrets } from './typed-secret.ts';

/**
 * Break-glass: one approver goes without the others, where the rule allows it, and says why. Who may
 * not approve may not do this either; the others are told, and the audit has a word of its own for it.
 * @throws ProductError `invalid-input` without a reason
 */
export async function approveAlone(
  id: string,
  by: Member,
  reason: string,
  deps: UseCaseDeps,
  teamId: string,
): Promise<Answer<Request>> {
  refuseSecrets({ reason });
  const why = reason.trim().slice(0, LONGEST_REASON);
  if (why === '') throw noReason(id);
  const now = deps.clock.now().toISOString();
  const answer = await changeOrRefuse(
    deps,
    id,
    by,
    'break-glass',
    (current) => refuseMember(by, teamId) ?? refuseBreakGlass(current, by, now),
    (current) => {
      const request = apply(current, by, why, now);
      return { request, events: [eventOf(request, by, why)] };
    },
  );
  if (answer.kind === 'done') await deps.wish(answer.value, 'provision');
  return answer;
}

function apply(request: Request, by: Member, reason: string, now: string): Request {
  // Their earlier approval gives way: nobody counts twice.
  const others = request.decisions.filter((decision) => decision.by !== by.id);
  const skipped = Math.max(0, request.policy.needed - approvals(others).length - 1);
  const own = { by: by.id, verdict: 'approve' as const, reason, at: now };
  // The last one that was needed goes without nobody.
  const alone = skipped === 0 ? own : { ...own, skipped };
  const decided = { ...request, decisions: [...others, alone] };
  return { ...transition(decided, 'approve'), remindAt: null, resumeAt: now };
}

function eventOf({ id, decisions, policy }: Request, by: Member, reason: string): AuditEvent {
  const action = breakGlassOf(decisions) === undefined ? 'approved' : 'break-glass';
  const { rule, needed } = policy;
  const details = { reason, rule, count: approvals(decisions).length, needed };
  return { action, actor: by.id, subject: id, details };
}

function noReason(id: string): ProductError {
  return new ProductError('invalid-input', {
    subject: id,
    message: `To approve ${id} alone, a reason is needed; the other approvers read it.`,
  });
}
