import type { Member, Refusal } from '../domain/approval.ts';
import type { PersonId, Request } from '../domain/request.ts';
import type { Adopted, AdoptionWish, Prepared as PreparedAdoption } from './adopt.ts';
import type { OperationWish } from './operate.ts';

/** A refusal is an answer, not an error: it is audited, and said to the person alone. */
export type Answer<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly request: Request | null };

/** What the modal (or the CLI) sends; not yet trusted. */
export interface Submission {
  /** May still be on its way, so that everybody concerned is looked up at the same time. */
  readonly by: Member | Promise<Member>;
  /** Same key, same request: the modal's root view id. */
  readonly dedupeKey: string;
  readonly order: DraftOrder;
  /** Where a browser shows the message that it was asked from. */
  readonly message?: string | undefined;
}

/** An order as a form delivers it: everything a string, a list or missing. */
export interface DraftOrder {
  readonly kind: string;
  readonly localPart: string;
  readonly purpose: string;
  readonly owner: string;
  readonly secondOwner?: string | undefined;
  readonly rotationDays: string;
  readonly connection?: string | undefined;
  readonly access?: string | undefined;
  /** Values of the scope select: `kind|id|name`. */
  readonly scope?: readonly string[] | undefined;
  readonly services?: readonly string[] | undefined;
  readonly process?: string | undefined;
  readonly automation?: string | undefined;
  readonly target?: string | undefined;
  readonly secretName?: string | undefined;
  readonly hideFromReports?: boolean | undefined;
  readonly role?: string | undefined;
  readonly permissions?: readonly string[] | undefined;
}

/** Field → sentence with a valid example. Keys are `DraftOrder`'s. */
export type FieldErrors = Partial<Record<keyof DraftOrder, string>>;

export type Submitted =
  | { readonly kind: 'created'; readonly request: Request }
  | { readonly kind: 'invalid'; readonly errors: FieldErrors }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export interface Directory {
  /** Fresh from Slack; undefined when there is no such person. `groups` limits the look-up. */
  member(id: PersonId, groups: readonly string[]): Promise<Member | undefined>;
  readonly teamId: string;
}

/** The use cases that Slack and the CLI call. Each one is compare-and-set and audited. */
export interface Requests {
  /** May this person ask at all? Undefined when they may. */
  refuseRequester(member: Member): Refusal | undefined;
  /** Group ids that any rule names; what a `Member` must be looked up with. */
  readonly groups: readonly string[];
  submit(submission: Submission): Promise<Submitted>;
  /** Requests and accounts with the same address or purpose, for the modal's warning. */
  similar(localPart: string, purpose: string): Promise<Request[]>;
  decide(
    id: string,
    by: Member,
    verdict: 'approve' | 'deny',
    reason: string | null,
  ): Promise<Answer<Request>>;
  /** Break-glass: one approver's word stands for all that the rule asks for; see `approveAlone`. */
  approveAlone(id: string, by: Member, reason: string): Promise<Answer<Request>>;
  cancel(id: string, by: Member): Promise<Answer<Request>>;
  /** "Done" on a task: keeps the answers, runs the check soon. */
  completeTask(
    id: string,
    step: string,
    by: Member,
    answers: Readonly<Record<string, string>>,
  ): Promise<Answer<Request>>;
  /** For approvers, after a failure. */
  retry(id: string, by: Member): Promise<Answer<Request>>;
  undo(id: string, by: Member): Promise<Answer<Request>>;
  /** Asks to take an account under care that is there already; see `adopt`. */
  adopt(wish: AdoptionWish): Promise<Adopted>;
  /** What that would be, and what stands in its way; nothing is written. */
  lookAtAdoption(
    wish: AdoptionWish,
  ): Promise<{ readonly adopted: PreparedAdoption; readonly obstacles: readonly string[] }>;
  /** Asks for a rotation or the closing of an account; see `operate`. */
  operate(wish: OperationWish): Promise<Answer<Request>>;
  find(id: string): Promise<Request | undefined>;
  /** Newest first; `person` limits to what concerns them. */
  list(person: PersonId | null): Promise<Request[]>;
  /** A one-time deposit link for the assignee of an open deposit task, with the code only they see. */
  openDeposit(
    id: string,
    step: string,
    by: Member,
  ): Promise<Answer<{ url: string; code: string } | null>>;
  /** Somebody has left: what waits for them is looked at again soon, and given to somebody else. */
  personLeft(id: PersonId): Promise<void>;
  /** Keeps the audit event of a refusal that was found before anything was attempted. */
  noteRefusal(id: string, by: Member, wanted: string, why: Refusal): Promise<void>;
}
