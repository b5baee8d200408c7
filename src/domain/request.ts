import type { ErrorCode } from './errors.ts';
import type { InheritedFacts, Operation } from './operation.ts';
import type { HumanTask } from './task.ts';

export const KINDS = ['integration', 'automation', 'flow-user'] as const;
/** What the service account is for; see `docs/` and Flow's article on service accounts. */
export type Kind = (typeof KINDS)[number];

export const STATES = [
  'pending',
  'approved',
  'provisioning',
  'waiting',
  'done',
  'failed',
  'undoing',
  'undone',
  'denied',
  'cancelled',
  'expired',
] as const;
export type State = (typeof STATES)[number];

export const FINAL_STATES: readonly State[] = ['done', 'undone', 'denied', 'cancelled', 'expired'];

/** A Slack user id (`U…` or `W…`), or `system` for the app itself. */
export type PersonId = string;

export type Access = 'owner' | 'contributor';
/** What Flow is to read there; webhooks need more rights at most vendors. */
export const FLOW_SERVICES = ['repositories', 'pull-requests', 'tickets', 'webhooks'] as const;
export type FlowService = (typeof FLOW_SERVICES)[number];

/** One organisation, group, project or repository; `kind` is the vendor's own word for it. */
export interface ScopeItem {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
}

interface CommonOrder {
  readonly localPart: string;
  readonly address: string;
  readonly purpose: string;
  readonly owner: PersonId;
  readonly secondOwner: PersonId | null;
  readonly rotationDays: number;
}

interface VendorOrder extends CommonOrder {
  /** Id of a configured vendor connection. */
  readonly connection: string;
  readonly access: Access;
  readonly scope: readonly ScopeItem[];
  readonly services: readonly FlowService[];
}

export interface IntegrationOrder extends VendorOrder {
  readonly kind: 'integration';
}

export interface AutomationOrder extends VendorOrder {
  readonly kind: 'automation';
  /** The automated process, in the requester's words ("nightly release"). */
  readonly process: string;
  /** Id of a configured automation, the place in it, and the name its credential gets there. */
  readonly automation: string;
  readonly target: string;
  readonly secretName: string;
  readonly hideFromReports: boolean;
}

export interface FlowUserOrder extends CommonOrder {
  readonly kind: 'flow-user';
  readonly role: 'admin' | 'permissions';
  /** Flow's API objects it may read; empty for `admin`. */
  readonly permissions: readonly string[];
}

export type Order = IntegrationOrder | AutomationOrder | FlowUserOrder;

export interface Decision {
  readonly by: PersonId;
  readonly verdict: 'approve' | 'deny';
  readonly reason: string | null;
  readonly at: string;
  /** Break-glass: how many more approvals the rule asked for that this one went without. */
  readonly skipped?: number | undefined;
}

/** The approval rule as it stood when the request was made; later edits do not change it. */
export interface PolicySnapshot {
  readonly rule: string;
  readonly needed: number;
  readonly approvers: People;
  readonly selfApproval: boolean;
  /** May an approver, with a reason, go without the others? */
  readonly breakGlass: boolean;
  readonly autoApproved: boolean;
  readonly remindEveryMs: number;
  readonly escalateAfterMs: number | null;
  readonly escalateTo: People;
}

export interface People {
  readonly users: readonly PersonId[];
  /** Slack user group ids (`S…`). */
  readonly groups: readonly string[];
}

/** References and plain facts a step leaves for later steps. Never a secret. */
export type Facts = Readonly<Record<string, unknown>>;

export type StepState = 'pending' | 'running' | 'human' | 'done' | 'failed' | 'undone';

export interface StepRecord {
  readonly id: string;
  readonly state: StepState;
  /** Failed tries in a row; back to 0 when the step gets further. */
  readonly attempts: number;
  readonly facts: Facts | null;
  readonly task: OpenTask | null;
  readonly at: string | null;
}

/** A task as somebody got it, and what they have answered so far. */
export interface OpenTask extends HumanTask {
  readonly assignee: PersonId;
  readonly openedAt: string;
  /** When the check last answered; null while a check that somebody asked for is under way. */
  readonly checkedAt: string | null;
  /** Answers to the task's fields; references and names only, never a secret. */
  readonly answers: Readonly<Record<string, string>>;
}

export interface Failure {
  readonly step: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly at: string;
  /** True when it was being undone: trying again then goes on with that. */
  readonly undoing?: boolean | undefined;
}

export interface Request {
  readonly id: string;
  /** Goes up by one with every change; the compare-and-set guard. */
  readonly version: number;
  readonly state: State;
  readonly requester: PersonId;
  readonly operation: Operation;
  /** The account's order; for a new account, what was asked for. */
  readonly order: Order;
  /** What is known of the account from earlier requests; empty for a new one. */
  readonly inherited: InheritedFacts;
  readonly policy: PolicySnapshot;
  readonly decisions: readonly Decision[];
  readonly steps: readonly StepRecord[];
  readonly failure: Failure | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** When an undecided request expires. */
  readonly expiresAt: string;
  /** When the worker should look at it next; null while nothing is due. */
  readonly resumeAt: string | null;
  /** When approvers are reminded next; null once decided. */
  readonly remindAt: string | null;
  readonly escalated: boolean;
}

export function factsOf(request: Request, step: string): Facts | null {
  const own = request.steps.find((record) => record.id === step);
  return own?.facts ?? request.inherited[step] ?? null;
}

/** What the other end of the connection last said; where only a person has looked, it says that. */
export function connectionWords(request: Request): string | undefined {
  const says = factsOf(request, 'verify-connection')?.['says'];
  return typeof says === 'string' ? says : undefined;
}
