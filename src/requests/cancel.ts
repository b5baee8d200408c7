import { refuseMember } from '../domain/approval.ts';
import type { Member, Refusal } from '../domain/approval.ts';
import type { Request } from '../domain/request.ts';
import { transition } from '../domain/transitions.ts';
import { changeOrRefuse } from './deps.ts';
import type { UseCaseDeps } from './deps.ts';
import type { Answer } from './requests.ts';

/** The requester takes an undecided request back. */
export function cancel(
  id: string,
  by: Member,
  deps: UseCaseDeps,
  teamId: string,
): Promise<Answer<Request>> {
  return changeOrRefuse(
    deps,
    id,
    by,
    'cancelled',
    (current) => refuseMember(by, teamId) ?? refuseCancel(current, by),
    (current) => ({
      request: { ...transition(current, 'cancel'), remindAt: null },
      events: [{ action: 'cancelled', actor: by.id, subject: id, details: {} }],
    }),
  );
}

function refuseCancel(request: Request, by: Member): Refusal | undefined {
  if (request.requester !== by.id) return 'not-the-requester';
  if (request.state === 'expired') return 'expired';
  return request.state === 'pending' ? undefined : 'too-late';
}
