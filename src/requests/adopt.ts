import { refuseMember } from '../domain/approval.ts';
import type { Member, Refusal } from '../domain/approval.ts';
import { FINAL_STATES } from '../domain/request.ts';
import type { Order, Request } from '../domain/request.ts';
import type { AdoptOperation } from '../domain/operation.ts';
import { mayRequest, ruleFor } from '../domain/policy.ts';
import type { Ports } from '../steps/ports.ts';
import { refused } from './deps.ts';
import type { UseCaseDeps } from './deps.ts';
import { firstEvents, newRequest } from './new-request.ts';
import type { Directory, DraftOrder } from './requests.ts';
import { checkAgainstTheWorld, gapIn, record } from './submit.ts';
import { fieldsWithSecrets, TYPED_SECRET } from './typed-secret.ts';
import { validateOrder } from './validate-order.ts';

/** An account that is there already, as a form or a file describes it; not yet trusted. */
export interface DraftAdoption extends Omit<DraftOrder, 'localPart'> {
  readonly address: string;
  /** Empty for a user of Flow, whose login is its address. */
  readonly login: string;
  /** Its name in the secret store; empty when a person hands the credential in. */
  readonly storedAs: string;
}

/** Field → sentence with a valid example. */
export type AdoptionErrors = Partial<Record<keyof DraftAdoption, string>>;

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

type Prepared = Adopted | { readonly kind: 'before'; readonly request: Request };

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
  const { localPart: address, ...errors } = await checkAgainstTheWorld(order, deps, directory);
  const rule = ruleFor(deps.policy, order, 'adopt');
  const gap = gapIn(rule, by);
  const all: AdoptionErrors = {
    ...errors,
    ...(address === undefined ? {} : { address: `${order.address} is under care already.` }),
    ...(gap === undefined ? {} : { kind: gap }),
  };
  if (rule === undefined || Object.keys(all).length > 0) return { kind: 'invalid', errors: all };
  const request = newRequest({ operation, order, inherited: {} }, rule, by, deps.clock.now());
  return { kind: 'created', request };
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

type Validated =
  | { readonly kind: 'valid'; readonly order: Order; readonly operation: AdoptOperation }
  | { readonly kind: 'invalid'; readonly errors: AdoptionErrors };

// Any address that a mail system takes, with a domain; it is not ours to choose.
const ADDRESS = /^[^\s@<>"]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+$/u;
const LOGIN = /^[^\s<>]{1,254}$/u;
const STORED_AS = /^[A-Za-z0-9][A-Za-z0-9._-]{0,126}$/u;
/** Names that the app gives by itself belong to accounts that are under care already. */
const OURS = /^flow-sa-/iu;

function validateAdoption(draft: DraftAdoption, ports: Ports): Validated {
  const address = draft.address.trim().toLowerCase();
  const login = draft.kind === 'flow-user' ? address : draft.login.trim();
  const storedAs = draft.storedAs.trim();
  const validated = validateOrder({ ...draft, localPart: 'adopted' }, ports);
  const errors: { -readonly [Key in keyof AdoptionErrors]: AdoptionErrors[Key] } = {};
  if (validated.kind === 'invalid') {
    const { localPart: _placeholder, ...others } = validated.errors;
    Object.assign(errors, others);
  }
  if (!ADDRESS.test(address)) {
    errors.address = 'Give its whole e-mail address, for example flow-bot@example.com.';
  }
  if (!LOGIN.test(login)) errors.login = 'Give its login at the vendor, for example flow-bot.';
  if (storedAs !== '' && !STORED_AS.test(storedAs)) {
    errors.storedAs =
      'Use the name of one secret in the app’s own folder, for example flow-bot-token; leave it empty to hand the credential in.';
  } else if (OURS.test(storedAs)) {
    errors.storedAs = 'That name belongs to an account that is under care already.';
  }
  for (const field of fieldsWithSecrets({ login, storedAs, address })) {
    if (field === 'login' || field === 'storedAs' || field === 'address') {
      errors[field] = TYPED_SECRET;
    }
  }
  if (validated.kind === 'invalid' || Object.keys(errors).length > 0) {
    return { kind: 'invalid', errors };
  }
  const localPart = address.slice(0, address.indexOf('@'));
  return {
    kind: 'valid',
    order: { ...validated.order, localPart, address },
    operation: { kind: 'adopt', login, storedAs: storedAs === '' ? null : storedAs },
  };
}
