import { includes, isApprover, refuseMember } from '../domain/approval.ts';
import type { Member, Refusal } from '../domain/approval.ts';
import type { Account } from '../domain/account.ts';
import { hasCode, ProductError } from '../domain/errors.ts';
import type { InheritedFacts, Operation } from '../domain/operation.ts';
import { approvals } from '../domain/approval.ts';
import { ruleFor, snapshot } from '../domain/policy.ts';
import type { Order, Request } from '../domain/request.ts';
import { BREAK_GLASS, breakGlassFacts } from '../steps/break-glass.ts';
import { refused } from './deps.ts';
import type { UseCaseDeps } from './deps.ts';
import { firstEvents, newRequest } from './new-request.ts';
import type { Answer } from './requests.ts';
import { refuseSecrets } from './typed-secret.ts';

/** Something to be done with an account that is there. */
export interface OperationWish {
  readonly account: string;
  readonly kind: 'rotate' | 'close';
  readonly by: Member;
  readonly reason: string;
  /** Same key, same request. */
  readonly dedupeKey: string;
}

const LONGEST_REASON = 500;

/**
 * Asks for an operation on an account: a request like any other, with its own plan. One at a time:
 * the address of an account belongs to at most one request that is not over.
 * @throws ProductError `not-found`; `exists` while another operation is under way; `conflict` when
 *   the account is closed
 */
export async function operate(
  wish: OperationWish,
  deps: UseCaseDeps,
  teamId: string,
): Promise<Answer<Request>> {
  refuseSecrets({ reason: wish.reason });
  const prepared = await prepareOperation(wish, deps, teamId);
  if (prepared.kind === 'refused') {
    return refused(deps, prepared.refusal, wish.by, wish.kind, prepared.request);
  }
  const before = await deps.records.findSubmitted(wish.dedupeKey);
  if (before !== undefined) return { kind: 'done', value: before };
  return { kind: 'done', value: await record(prepared.value, wish, deps) };
}

/** The request as it would be recorded; nothing is written yet. */
export async function prepareOperation(
  wish: Omit<OperationWish, 'dedupeKey'>,
  deps: UseCaseDeps,
  teamId: string,
): Promise<Answer<Request>> {
  const account = await getAccount(wish.account, deps);
  const origin = await deps.records.get(account.id);
  const order = orderOf(account, origin);
  const rule = ruleFor(deps.policy, order, wish.kind);
  if (rule === undefined) throw noRule(account);
  const refusal = refuseWish(wish.by, order, snapshot(rule, wish.by), teamId);
  if (refusal !== undefined) return { kind: 'refused', refusal, request: origin };
  const wanted = {
    operation: operationOf(wish, account),
    order,
    inherited: inheritedOf(account, origin),
  };
  return { kind: 'done', value: newRequest(wanted, rule, wish.by, deps.clock.now()) };
}

async function record(
  request: Request,
  { dedupeKey }: OperationWish,
  deps: UseCaseDeps,
): Promise<Request> {
  try {
    const created = await deps.records.create({ request, events: firstEvents(request) }, dedupeKey);
    await deps.wish(created, 'render');
    if (created.state === 'approved') await deps.wish(created, 'provision');
    return created;
  } catch (error) {
    if (hasCode(error, 'exists')) return deps.records.get(error.subject);
    if (!hasCode(error, 'name-taken')) throw error;
    throw underWay(error.subject, request.order.address);
  }
}

export function underWay(id: string, address: string): ProductError {
  return new ProductError('exists', {
    subject: address,
    message: `${id} is still under way for ${address}. Wait until it is over, or stop it first.`,
  });
}

async function getAccount(id: string, deps: UseCaseDeps): Promise<Account> {
  const account = await deps.records.findAccount(id);
  if (account === undefined) {
    const message = `There is no service account ${id}. /flow-service-account list shows yours.`;
    throw new ProductError('not-found', { subject: id, message });
  }
  if (account.state === 'active') return account;
  throw new ProductError('conflict', { subject: id, message: `${id} is closed.` });
}

function noRule(account: Account): ProductError {
  return new ProductError('invalid-config', {
    subject: 'policy.rules',
    message: `No approval rule covers this for ${account.address}.`,
  });
}

/** Its owners and whoever may approve it; the app itself when a schedule says so. */
export function refuseWish(
  by: Member,
  order: Order,
  policy: Request['policy'],
  teamId: string,
): Refusal | undefined {
  if (by.id === 'system') return undefined;
  const owners = { users: [order.owner, order.secondOwner ?? order.owner], groups: [] };
  const may = includes(owners, by) || isApprover(by, policy, false);
  return refuseMember(by, teamId) ?? (may ? undefined : 'not-an-owner');
}

/** What was asked for once, with the owners of today. */
export function orderOf(account: Account, origin: Request): Order {
  return { ...origin.order, owner: account.owner, secondOwner: account.secondOwner };
}

export function inheritedOf(account: Account, origin: Request): InheritedFacts {
  const made = origin.steps.flatMap(({ id, facts }) =>
    facts === null ? [] : [[id, facts] as const],
  );
  const { requester, policy, decisions } = origin;
  const approvers = approvals(decisions).map(({ by }) => by);
  return {
    ...Object.fromEntries(made),
    [BREAK_GLASS]: breakGlassFacts(origin),
    ...account.facts,
    origin: { requester, approvers, rule: policy.rule },
  };
}

function operationOf(
  { kind, reason }: Pick<OperationWish, 'kind' | 'reason'>,
  account: Account,
): Operation {
  const base = { account: account.id, reason: reason.slice(0, LONGEST_REASON) };
  return kind === 'rotate'
    ? { kind, ...base, generation: account.generation + 1 }
    : { kind, ...base };
}
