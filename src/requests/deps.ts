import type { AuditAction } from '../domain/audit.ts';
import type { Member, Refusal } from '../domain/approval.ts';
import type { Policy } from '../domain/policy.ts';
import type { Request } from '../domain/request.ts';
import type { Clock } from '../lib/clock.ts';
import type { Change, Records } from '../records/records.ts';
import type { Ports } from '../steps/ports.ts';
import type { Answer } from './requests.ts';

export interface UseCaseDeps {
  readonly records: Records;
  readonly ports: Ports;
  readonly policy: Policy;
  /** Looks whether admins have changed it; absent where it cannot change. */
  refreshPolicy?(): Promise<void>;
  readonly clock: Clock;
  /** Base of the one-time deposit page; null where there is none. */
  readonly depositUrl: string | null;
  /** Wishes for the queue; losing one is harmless, the sweep finds it in the records. Never throws. */
  wish(request: Request, what: 'provision' | 'render'): Promise<void>;
}

/** The refusal as an answer, with its audit event: refused clicks are kept like any other. */
export async function refused(
  deps: UseCaseDeps,
  refusal: Refusal,
  by: Member,
  wanted: string,
  request: Request | null,
): Promise<{
  readonly kind: 'refused';
  readonly refusal: Refusal;
  readonly request: Request | null;
}> {
  await deps.records.audit.append({
    action: 'refused',
    actor: by.id,
    subject: request?.id ?? 'none',
    details: { wanted, why: refusal },
  });
  return { kind: 'refused', refusal, request };
}

/**
 * Changes a request if `refuse` finds nothing against it, judged on the very version that is
 * written: of two clicks at once one wins, and the other is refused with what it finds then.
 * Whoever asked for the change, Slack is to show it: the render is wished for here.
 */
export async function changeOrRefuse(
  deps: UseCaseDeps,
  id: string,
  by: Member,
  wanted: AuditAction,
  refuse: (current: Request) => Refusal | undefined,
  change: (current: Request) => Change,
): Promise<Answer<Request>> {
  let refusal: Refusal | undefined;
  const request = await deps.records.update(id, (current) => {
    refusal = refuse(current);
    return refusal === undefined ? change(current) : undefined;
  });
  if (refusal !== undefined) return refused(deps, refusal, by, wanted, request);
  await deps.wish(request, 'render');
  return { kind: 'done', value: request };
}
