import { refuseMember } from '../domain/approval.ts';
import type { Member, Refusal } from '../domain/approval.ts';
import { FINAL_STATES } from '../domain/request.ts';
import type { Order, Request } from '../domain/request.ts';
import type { AdoptOperation } from '../domain/operation.ts';
import { mayRequest, ruleFor } from '../domain/policy.ts';
import { obstaclesAt } from '../steps/obstacles.ts';
import { refused } from './deps.ts';
import type { UseCaseDeps } from './deps.ts';
import { firstEvents, newRequest } from './new-request.ts';
import type { Directory } from './requests.ts';
import { checkAgainstTheWorld, gapIn, record } from './submit.ts';
import { validateAdoption } from './validate-adoption.ts';
import type { AdoptionErrors, DraftAdoption } from './validate-adoption.ts';

export interface AdoptionWish {
  readonly by: Member;
  readonly draft: DraftAdoption;
  /** Same key, same request, until that one has come to nothing. */
  readonly dedupeKey: string;
}

export type Adopted =
  | { readonly kind: 'created'; readonly request: Request }
  | { readonly kind: 'invalid'; readonly errors: AdoptionErrors }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What an adoption would be and what stands in its way; nothing is written. */
export async function lookAtAdoption(
  wish: AdoptionWish,
  deps: UseCaseDeps,
  directory: Directory,
): Promise<{ readonly adopted: Prepared; readonly obstacles: readonly string[] }> {
  const adopted = await prepareAdoption(wish, deps, directory);
  if (adopted.kind !== 'created') return { adopted, obstacles: [] };
  return { adopted, obstacles: await obstaclesAt(adopted.request, deps.ports) };
}

export type Prepared = Adopted | { readonly kind: 'before'; readonly request: Request };

/** Asks to take an existing account under care: approved and verified like a new one. */
export async function adopt(
  wish: AdoptionWish,
  deps: UseCaseDeps,
  directory: Directory,
): Promise<Adopted> {
  const prepared = await prepareAdoption(wish, deps, directory);
  switch (prepared.kind) {
    case 'refused':
      return refused(deps, prepared.refusal, wish.by, 'requested', null);
    case 'before':
      return { kind: 'created', request: prepared.request };
    case 'invalid':
      return prepared;
    case 'created': {
      const { request } = prepared;
      const key = await freshKey(wish.dedupeKey, deps);
      const submitted = await record(request, firstEvents(request), key, deps);
      if (submitted.kind !== 'invalid') return submitted;
      const { localPart: address, ...errors } = submitted.errors;
      return { kind: 'invalid', errors: address === undefined ? errors : { ...errors, address } };
    }
  }
}

/** The request as it would be recorded, or what is against it; nothing is written. */
export async function prepareAdoption(
  { by, draft, dedupeKey }: AdoptionWish,
  deps: UseCaseDeps,
  directory: Directory,
): Promise<Prepared> {
  await deps.refreshPolicy?.();
  const refusal =
    refuseMember(by, directory.teamId) ??
    (mayRequest(deps.policy, by) ? undefined : ('not-a-requester' as const));
  if (refusal !== undefined) return { kind: 'refused', refusal };
  const before = await deps.records.findSubmitted(dedupeKey);
  if (before !== undefined && !cameToNothing(before)) return { kind: 'before', request: before };
  const validated = validateAdoption(draft, deps.ports);
  if (validated.kind === 'invalid') return validated;
  const { order, operation } = validated;
  const rule = ruleFor(deps.policy, order, 'adopt');
  const gap = gapIn(rule, by);
  const errors = {
    ...(await objections(order, operation, deps, directory)),
    ...(gap === undefined ? {} : { kind: gap }),
  };
  if (rule === undefined || Object.keys(errors).length > 0) return { kind: 'invalid', errors };
  const request = newRequest({ operation, order, inherited: {} }, rule, by, deps.clock.now());
  return { kind: 'created', request };
}

/** What only other people, requests and accounts can tell. */
async function objections(
  order: Order,
  operation: AdoptOperation,
  deps: UseCaseDeps,
  directory: Directory,
): Promise<AdoptionErrors> {
  const { localPart: address, ...errors } = await checkAgainstTheWorld(order, deps, directory);
  const twin = await findTwin(order, operation, deps);
  return {
    ...errors,
    ...(address === undefined ? {} : { address: `${order.address} is under care already.` }),
    ...(twin === undefined
      ? {}
      : { login: `${operation.login} is under care already, as ${twin}.` }),
  };
}

/** The account with the same login at the same connection: one account has one set of owners. */
async function findTwin(
  order: Order,
  { login }: AdoptOperation,
  { records }: UseCaseDeps,
): Promise<string | undefined> {
  if (order.kind === 'flow-user') return undefined;
  const { connection } = order;
  const [twin] = await records.listAccounts({ connection, login, state: 'active', limit: 1 });
  return twin?.id;
}

function cameToNothing({ state }: Request): boolean {
  return state !== 'done' && FINAL_STATES.includes(state);
}

/** Whoever was denied may ask again. */
async function freshKey(dedupeKey: string, deps: UseCaseDeps): Promise<string> {
  let key = dedupeKey;
  for (;;) {
    const before = await deps.records.findSubmitted(key);
    if (before === undefined || !cameToNothing(before)) return key;
    key = `${dedupeKey} after ${before.id}`;
  }
}
