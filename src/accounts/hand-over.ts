import type { Account } from '../domain/account.ts';
import { refuseMember } from '../domain/approval.ts';
import type { AuditEvent } from '../domain/audit.ts';
import type { PersonId } from '../domain/request.ts';
import { changeCare, eventOf } from './change-care.ts';
import type { Activity, CareDeps } from './deps.ts';
import { after } from './due.ts';

/** Stands for everybody who may approve: whoever of them takes it is the owner. */
export const APPROVERS = 'approvers';

/**
 * An owner who has left hands over to the second owner, and where there is none or nobody answers,
 * to the approvers. Looked at with every check, so that a missed event does not matter.
 */
export const handOverWhenOwnerIsGone: Activity = async (account, deps) => {
  const { handOver } = account.care;
  if (handOver !== null) return passOnWhenSilent(account, deps);
  const { checkAt } = account.care;
  if (checkAt !== null && checkAt > deps.clock.now().toISOString()) return account;
  return handOverIfGone(account, deps);
};

async function handOverIfGone(account: Account, deps: CareDeps): Promise<Account> {
  const [ownerGone, secondGone] = await Promise.all([
    isGone(account.owner, deps),
    account.secondOwner === null ? false : isGone(account.secondOwner, deps),
  ]);
  if (!ownerGone && !secondGone) return account;
  const second = secondGone ? null : account.secondOwner;
  if (!ownerGone) return promote(account, account.owner, null, deps);
  const promoted = second === null ? account : await promote(account, second, null, deps);
  const why = 'Its owner has left this workspace.';
  return askToTakeOver(promoted, { from: account.owner, to: second ?? APPROVERS, why }, deps);
}

async function isGone(id: PersonId, { directory }: CareDeps): Promise<boolean> {
  const member = await directory.member(id, []);
  return member === undefined || refuseMember(member, directory.teamId) !== undefined;
}

/** Somebody is responsible at once; whether they accept is asked afterwards. */
function promote(
  account: Account,
  owner: PersonId,
  secondOwner: PersonId | null,
  deps: CareDeps,
): Promise<Account> {
  return deps.useCases.records.updateAccount(account.id, (current) => ({
    account: { ...current, owner, secondOwner },
    events: [
      eventOf(current, 'account-changed', {
        owner,
        secondOwner,
        before: { owner: current.owner, secondOwner: current.secondOwner },
      }),
    ],
  }));
}

export function askToTakeOver(
  account: Account,
  ask: { readonly from: PersonId; readonly to: PersonId; readonly why: string },
  deps: CareDeps,
  actor = 'system',
): Promise<Account> {
  const askedAt = deps.clock.now().toISOString();
  return changeCare(account, deps, () => ({ handOver: { ...ask, askedAt } }), [
    eventOf(account, 'hand-over-asked', { ...ask }, actor),
  ]);
}

async function passOnWhenSilent(account: Account, deps: CareDeps): Promise<Account> {
  const { handOver } = account.care;
  if (handOver === null || handOver.to === APPROVERS) return account;
  const now = deps.clock.now().toISOString();
  if (after(handOver.askedAt, deps.rules.answerWithinMs) > now) return account;
  const why = `${handOver.why} Nobody has answered.`;
  return askToTakeOver(account, { from: handOver.from, to: APPROVERS, why }, deps);
}

/** Their word on it; the new owner's own second owner is chosen later, by them. */
export function answerHandOver(
  account: Account,
  by: PersonId,
  accepts: boolean,
  deps: CareDeps,
): Promise<Account> {
  return accepts ? takeOver(account, by, deps) : decline(account, by, deps);
}

function takeOver(account: Account, by: PersonId, deps: CareDeps): Promise<Account> {
  return deps.useCases.records.updateAccount(account.id, (current) => {
    const secondOwner = current.secondOwner === by ? null : current.secondOwner;
    const events: AuditEvent[] = [
      eventOf(current, 'handed-over', { from: current.care.handOver?.from, to: by }, by),
    ];
    return {
      account: { ...current, owner: by, secondOwner, care: { ...current.care, handOver: null } },
      events,
    };
  });
}

/** Somebody chosen by hand leaves it with the owner; after a departure the approvers are next. */
async function decline(account: Account, by: PersonId, deps: CareDeps): Promise<Account> {
  const { handOver } = account.care;
  const declined = eventOf(account, 'hand-over-declined', { from: handOver?.from }, by);
  if (handOver === null) return account;
  const isOwned = account.owner === handOver.from;
  const next = isOwned
    ? null
    : { ...handOver, to: APPROVERS, askedAt: deps.clock.now().toISOString() };
  return changeCare(account, deps, () => ({ handOver: next }), [declined]);
}
