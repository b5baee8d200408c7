import type { Account, HealthState } from '../domain/account.ts';
import type { AuditAction, AuditEntry, AuditEvent } from '../domain/audit.ts';
import type { Measures } from '../domain/measures.ts';
import type { Kind, PersonId, Request, State } from '../domain/request.ts';
import type { Closeable } from '../lib/adapter.ts';
import type { LocalVault } from '../stores/store.ts';

/** What one change writes, all in one transaction. */
export interface Change {
  readonly request: Request;
  readonly events: readonly AuditEvent[];
  /** Set by the last step: the account that is now under care. */
  readonly account?: Account;
  /** Set by the last step of an operation: what it makes of the account. */
  readonly changeAccount?: (current: Account) => Account;
}

/** What one change of an account writes, in one transaction. */
export interface AccountChange {
  readonly account: Account;
  readonly events: readonly AuditEvent[];
}

export interface AccountFilter {
  readonly state?: Account['state'];
  readonly kind?: Kind;
  readonly connection?: string;
  readonly health?: HealthState;
  /** Without regard to case. */
  readonly login?: string;
  /** Owner or second owner. */
  readonly person?: PersonId;
  /** Keyset paging: id of the last account of the page before; only older ones come. */
  readonly before?: string;
  /** At most this many, newest first; 50 unless told otherwise. */
  readonly limit?: number;
}

export interface AccountCount {
  readonly state: Account['state'];
  readonly kind: Kind;
  readonly health: string;
  readonly count: number;
}

export interface RequestFilter {
  readonly states?: readonly State[];
  readonly kind?: Kind;
  readonly connection?: string;
  /** Requester, owner or second owner. */
  readonly person?: PersonId;
  readonly address?: string;
  /** The request that made this account, and all that were about it later. */
  readonly account?: string;
  /** Keyset paging: id of the last request of the page before; only older ones come. */
  readonly before?: string;
  /** At most this many, newest first; 50 unless told otherwise. */
  readonly limit?: number;
}

/** Oldest first unless told otherwise. `since` is included, `until` is not. */
export interface AuditFilter {
  readonly subject?: string;
  /** One of these. */
  readonly subjects?: readonly string[];
  /** What this person did, and what names them. */
  readonly person?: PersonId;
  readonly actor?: PersonId;
  readonly actions?: readonly AuditAction[];
  readonly since?: string;
  readonly until?: string;
  readonly afterSeq?: number;
  readonly newestFirst?: boolean;
  /** At most this many; 1000 unless told otherwise. */
  readonly limit?: number;
}

/** A posted Slack message: what it was for, where it is, and what it showed last. */
export interface PostedMessage {
  readonly requestId: string;
  /** `card`, `dm:U1`, `task:vendor-user` …; unique within a request. */
  readonly key: string;
  readonly channel: string;
  /** Null between the intent to post and the answer: after a crash it is not known whether it is there. */
  readonly ts: string | null;
  /** Fingerprint of what it shows; equal means there is nothing to do. */
  readonly shows: string;
  readonly at: string;
}

/** A one-time deposit of a credential: who may make it, for which task, until when. */
export interface Deposit {
  /** sha256 of the link's token, hex; the token itself is only in the link. */
  readonly tokenHash: string;
  readonly requestId: string;
  readonly step: string;
  readonly assignee: PersonId;
  /** sha256 of the code shown to the assignee, hex. */
  readonly codeHash: string;
  readonly expiresAt: string;
  readonly attempts: number;
  readonly usedAt: string | null;
}

/**
 * The truth. Every change of a request is compare-and-set and carries its audit events in the same
 * transaction; queue and Slack are projections of what is here.
 */
export interface Records extends Closeable {
  /**
   * @throws ProductError `exists` when the submission (`dedupeKey`) was recorded before; `subject`
   *   is that request's id. `name-taken` when a request that is not over has the same address;
   *   `subject` is its id. `conflict` when only the id is taken: try another.
   */
  create(change: Change, dedupeKey: string): Promise<Request>;
  /** The request that this submission made, if it was recorded before. */
  findSubmitted(dedupeKey: string): Promise<Request | undefined>;
  find(id: string): Promise<Request | undefined>;
  /** @throws ProductError `not-found` */
  get(id: string): Promise<Request>;
  /**
   * Reads, changes, writes if nobody wrote in between; otherwise reads and changes again. What
   * `change` throws (usually `conflict`) comes out. Returning undefined writes nothing. `version`
   * and `updatedAt` are set here. Whoever has just read or written the request gives it as `known`
   * to save the first look; if it is out of date, that is noticed and it is read again.
   */
  update(
    id: string,
    change: (current: Request) => Change | undefined,
    known?: Request,
  ): Promise<Request>;
  list(filter: RequestFilter): Promise<Request[]>;
  /** Ids of requests whose `resumeAt` is due: work for the queue. */
  due(now: string, limit: number): Promise<string[]>;
  /** Ids of pending requests that expired. */
  overdue(now: string, limit: number): Promise<string[]>;
  /** Ids of pending requests whose approvers are to be reminded or escalated. */
  toRemind(now: string, limit: number): Promise<string[]>;
  /** Requests that are not over, or accounts in use, with this address or (case-insensitive) purpose. */
  similar(address: string, purpose: string): Promise<Request[]>;
  findAccount(id: string): Promise<Account | undefined>;
  listAccounts(filter: AccountFilter): Promise<Account[]>;
  countAccounts(): Promise<AccountCount[]>;
  /** Ids of accounts for which something is due. */
  dueAccounts(now: string, limit: number): Promise<string[]>;
  /**
   * Changes an account while nobody else can; returning undefined writes nothing. `version` is set
   * here. @throws ProductError `not-found`
   */
  updateAccount(
    id: string,
    change: (current: Account) => AccountChange | undefined,
  ): Promise<Account>;
  /**
   * Runs `work` while nobody else can for the same request; undefined when somebody already does.
   * `lost` is aborted when the database connection that carries the lock drops: begin nothing new.
   */
  exclusively<T>(
    requestId: string,
    work: (lost: AbortSignal) => Promise<T>,
  ): Promise<T | undefined>;
  readonly audit: AuditLog;
  readonly messages: Messages;
  readonly deposits: Deposits;
  readonly localVault: Omit<LocalVault, 'dataDir'>;
  /** Small settings made at run time, e.g. when a schedule last ran. */
  readonly settings: Settings;
  /**
   * Reserves the next free slot of a rate-limited bucket; returns when to go, ISO 8601. A slot that
   * is further away than `patienceMs` is left to others, and only its time is returned.
   */
  reserveSlot(
    bucket: string,
    everyMs: number,
    burst: number,
    now: string,
    patienceMs?: number,
  ): Promise<string>;
  readonly workflowSteps: WorkflowSteps;
  /** Counts what is recorded, for metrics. */
  measure(now: string): Promise<Measures>;
  ping(): Promise<void>;
}

/** A step of a Slack workflow that waits until its request is over. */
export interface WorkflowStep {
  /** Slack's id of this run of the step. */
  readonly executionId: string;
  /** Who is to fill in the form. */
  readonly person: PersonId;
  /** What the workflow says beforehand. */
  readonly kind: string | null;
  readonly purpose: string | null;
  /** Has the person got their message? */
  readonly offered: boolean;
  /** What Slack was told; null while it waits. */
  readonly outcome: 'success' | 'error' | null;
  readonly createdAt: string;
  /** Until then the form must be sent. */
  readonly expiresAt: string;
}

export interface WorkflowSteps {
  /** Keeps a new one; one that is known already, as when Slack repeats itself, is left alone. */
  open(step: WorkflowStep): Promise<void>;
  find(executionId: string): Promise<WorkflowStep | undefined>;
  /** The step that this request was submitted for. */
  ofRequest(requestId: string): Promise<WorkflowStep | undefined>;
  offered(executionId: string): Promise<void>;
  ended(executionId: string, outcome: 'success' | 'error'): Promise<void>;
  /** Those without a request that the person was not told of, or whose time is over. */
  neglected(now: string, limit: number): Promise<WorkflowStep[]>;
}

/** The submission that belongs to a workflow's step: one step, one request. */
export function workflowKey(executionId: string): string {
  return `workflow:${executionId}`;
}

export interface AuditLog {
  append(event: AuditEvent): Promise<void>;
  list(filter: AuditFilter): Promise<AuditEntry[]>;
  /** Walks the whole chain; undefined when it holds, else the first entry that does not. */
  verify(): Promise<{ readonly seq: number; readonly why: string } | undefined>;
}

export interface Messages {
  find(requestId: string, key: string): Promise<PostedMessage | undefined>;
  list(requestId: string): Promise<PostedMessage[]>;
  /** Inserts or replaces. */
  save(message: PostedMessage): Promise<void>;
  /** Ids of requests changed after their card was last rendered; what the sweep renders again. */
  stale(limit: number): Promise<string[]>;
  /** The card of this request shows this version now. */
  rendered(requestId: string, version: number): Promise<void>;
}

export interface Deposits {
  open(deposit: Deposit): Promise<void>;
  find(tokenHash: string): Promise<Deposit | undefined>;
  /** Counts a wrong code; returns the attempts so far. */
  countAttempt(tokenHash: string): Promise<number>;
  /** True for exactly one caller, ever, and only before it expires. */
  use(tokenHash: string, at: string): Promise<boolean>;
  /** Gives the use back when the value was refused, so that the person may try again. */
  release(tokenHash: string): Promise<void>;
}

export interface Settings {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<void>;
  /** Like `set`, with an audit event in the same transaction; `event` hears what was there before. */
  change(key: string, value: unknown, event: (before: unknown) => AuditEvent): Promise<void>;
}
