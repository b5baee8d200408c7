import { includes } from './approval.ts';
import type { Member } from './approval.ts';
import type { OperationKind } from './operation.ts';
import type { Kind, Order, People, PolicySnapshot } from './request.ts';

export interface PolicyRule {
  readonly name: string;
  /** Empty: every kind. */
  readonly kinds: readonly Kind[];
  /** Empty: every operation. */
  readonly operations: readonly OperationKind[];
  /** What the owners of an account need nobody's approval for. */
  readonly ownerMay: readonly OperationKind[];
  /** Connection ids, `*` at the end matches the rest; empty: every connection and none. */
  readonly connections: readonly string[];
  readonly approvers: People;
  readonly needed: number;
  readonly selfApproval: boolean;
  /** An approver may, with a reason, go without the other approvals. */
  readonly breakGlass: boolean;
  /** Requests of these people need no approval. */
  readonly autoApprove: People;
  readonly expiresAfterMs: number;
  readonly remindEveryMs: number;
  readonly escalateAfterMs: number | null;
  readonly escalateTo: People;
}

export interface Policy {
  /** Who may ask; empty: every full member of the workspace. */
  readonly requesters: People;
  /** The first that matches decides. */
  readonly rules: readonly PolicyRule[];
}

export function isNobody(people: People): boolean {
  return people.users.length === 0 && people.groups.length === 0;
}

export function mayRequest(policy: Policy, member: Member): boolean {
  return isNobody(policy.requesters) || includes(policy.requesters, member);
}

export function ruleFor(
  policy: Policy,
  order: Order,
  operation: OperationKind,
): PolicyRule | undefined {
  const connection = order.kind === 'flow-user' ? null : order.connection;
  return policy.rules.find(
    (rule) =>
      (rule.operations.length === 0 || rule.operations.includes(operation)) &&
      (rule.kinds.length === 0 || rule.kinds.includes(order.kind)) &&
      (rule.connections.length === 0 ||
        (connection !== null && rule.connections.some((pattern) => matches(pattern, connection)))),
  );
}

/** The rule as it is frozen into the request. */
export function snapshot(rule: PolicyRule, requester: Member): PolicySnapshot {
  return {
    rule: rule.name,
    needed: rule.needed,
    approvers: rule.approvers,
    selfApproval: rule.selfApproval,
    breakGlass: rule.breakGlass,
    autoApproved: includes(rule.autoApprove, requester),
    remindEveryMs: rule.remindEveryMs,
    escalateAfterMs: rule.escalateAfterMs,
    escalateTo: rule.escalateTo,
  };
}

/** Every user group that any rule names; a member's groups are looked up among these. */
export function groupsOf(policy: Policy): string[] {
  const everybody = policy.rules.flatMap((rule) => [
    rule.approvers,
    rule.autoApprove,
    rule.escalateTo,
  ]);
  return [...new Set([policy.requesters, ...everybody].flatMap((people) => people.groups))];
}

/** Does a rule's connection pattern mean this connection? */
export function matches(pattern: string, connection: string): boolean {
  return pattern.endsWith('*')
    ? connection.startsWith(pattern.slice(0, -1))
    : pattern === connection;
}
