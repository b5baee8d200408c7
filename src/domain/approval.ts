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
  | 'own-request'
  | 'already-decided'
  | 'already-approved-by-you'
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

export function approvals(decisions: readonly Decision[]): Decision[] {
  return decisions.filter((decision) => decision.verdict === 'approve');
}
