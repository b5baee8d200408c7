import type { Decision, PersonId, PolicySnapshot, Request } from './request.ts';

/** A Slack user as far as our rules need to know them. */
export interface Member {
  readonly id: PersonId;
  readonly teamId: string;
  readonly deleted: boolean;
  readonly bot: boolean;
  readonly guest: boolean;
  /** Ids of the user groups, among those our rules name, that they are in. */
  readonly groups: readonly string[];
}

export type Refusal =
  | 'not-a-member'
  | 'guest'
  | 'bot'
  | 'deactivated'
  | 'other-workspace'
  | 'not-an-approver'
  | 'not-a-requester'
  | 'not-the-requester'
  | 'not-the-assignee'
  | 'not-an-owner'
  | 'not-an-admin'
  | 'own-request'
  | 'already-decided'
  | 'already-approved-by-you'
  | 'no-break-glass'
  | 'expired'
  | 'too-late';

/** Is this a full, living member of our workspace? Undefined when all is well. */
export function refuseMember(member: Member, teamId: string): Refusal | undefined {
  if (member.deleted) return 'deactivated';
  if (member.teamId !== teamId) return 'other-workspace';
  if (member.bot) return 'bot';
  if (member.guest) return 'guest';
  return undefined;
}

/** The approvers of a request at this moment: escalation adds its own people. */
export function isApprover(member: Member, policy: PolicySnapshot, escalated: boolean): boolean {
  return includes(policy.approvers, member) || (escalated && includes(policy.escalateTo, member));
}

export function includes(
  people: { readonly users: readonly string[]; readonly groups: readonly string[] },
  member: Member,
): boolean {
  return (
    people.users.includes(member.id) || people.groups.some((group) => member.groups.includes(group))
  );
}

/** May this member decide this request now? Undefined when they may. */
export function refuseDecision(request: Request, member: Member, now: string): Refusal | undefined {
  if (request.state === 'expired') return 'expired';
  if (request.state !== 'pending') return 'already-decided';
  if (request.expiresAt <= now) return 'expired';
  if (!isApprover(member, request.policy, request.escalated)) return 'not-an-approver';
  if (member.id === request.requester && !request.policy.selfApproval) return 'own-request';
  if (approvals(request.decisions).some((decision) => decision.by === member.id)) {
    return 'already-approved-by-you';
  }
  return undefined;
}

/**
 * May this member approve alone now, whatever number the rule asks for? Only where the rule says so
 * and there is a number to go without; whoever has approved already may still do it.
 */
export function refuseBreakGlass(
  request: Request,
  member: Member,
  now: string,
): Refusal | undefined {
  const others = request.decisions.filter(({ by }) => by !== member.id);
  const refusal = refuseDecision({ ...request, decisions: others }, member, now);
  return refusal ?? (offersBreakGlass(request.policy) ? undefined : 'no-break-glass');
}

export function offersBreakGlass({
  breakGlass,
  needed,
}: Pick<PolicySnapshot, 'breakGlass' | 'needed'>): boolean {
  return breakGlass && needed > 1;
}

/** The decision that went without the others; undefined when the rule was kept to. */
export function breakGlassOf(decisions: readonly Decision[]): Decision | undefined {
  return decisions.find(({ skipped }) => skipped !== undefined);
}

export function approvals(decisions: readonly Decision[]): Decision[] {
  return decisions.filter((decision) => decision.verdict === 'approve');
}
