import { approvals, isApprover, refuseDecision } from '../domain/approval.ts';
import type { Member } from '../domain/approval.ts';
import { refuseMember } from '../domain/approval.ts';
import type { AuditEvent } from '../domain/audit.ts';
import type { Decision, Request } from '../domain/request.ts';
import { transition } from '../domain/transitions.ts';
import { changeOrRefuse } from './deps.ts';
import type { UseCaseDeps } from './deps.ts';
import type { Answer } from './requests.ts';
import { refuseSecrets } from './typed-secret.ts';

/** Characters of a reason that are kept; the forms ask for no more. */
export const LONGEST_REASON = 1000;

/** Counts an approver's word; the last one needed starts the work, one Deny ends it. */
export async function decide(
  id: string,
  by: Member,
  verdict: Decision['verdict'],
  reason: string | null,
  deps: UseCaseDeps,
  teamId: string,
): Promise<Answer<Request>> {
  refuseSecrets({ reason: reason ?? '' });
  const now = deps.clock.now().toISOString();
  const decision: Decision = {
    by: by.id,
    verdict,
    reason: reason?.slice(0, LONGEST_REASON) ?? null,
    at: now,
  };
  const answer = await changeOrRefuse(
    deps,
    id,
    by,
    verdict === 'approve' ? 'approved' : 'denied',
    (current) =>
      refuseMember(by, teamId) ?? refuseDecision(withoutOwnApproval(current, decision), by, now),
    (current) => ({ request: apply(current, decision), events: [eventOf(current, decision)] }),
  );
  if (answer.kind === 'done' && answer.value.state === 'approved') {
    await deps.wish(answer.value, 'provision');
  }
  return answer;
}

/** Who approved may still change their mind and deny, as long as nothing is decided. */
function withoutOwnApproval(request: Request, decision: Decision): Request {
  if (decision.verdict === 'approve') return request;
  return { ...request, decisions: request.decisions.filter(({ by }) => by !== decision.by) };
}

function apply(request: Request, decision: Decision): Request {
  const decided = { ...request, decisions: [...request.decisions, decision] };
  if (decision.verdict === 'deny') return { ...transition(decided, 'deny'), remindAt: null };
  if (approvals(decided.decisions).length < request.policy.needed) return decided;
  return { ...transition(decided, 'approve'), remindAt: null, resumeAt: decision.at };
}

function eventOf(request: Request, decision: Decision): AuditEvent {
  const count = approvals(request.decisions).length + 1;
  return decision.verdict === 'approve'
    ? {
        action: 'approved',
        actor: decision.by,
        subject: request.id,
        details: { count, needed: request.policy.needed },
      }
    : {
        action: 'denied',
        actor: decision.by,
        subject: request.id,
        details: { reason: decision.reason },
      };
}

export function mayAct(request: Request, by: Member): boolean {
  return isApprover(by, request.policy, request.escalated);
}
