import type { Account } from '../domain/account.ts';
import { includes, refuseMember } from '../domain/approval.ts';
import type { Member, Refusal } from '../domain/approval.ts';
import { ProductError } from '../domain/errors.ts';
import { matches } from '../domain/policy.ts';
import type { Policy } from '../domain/policy.ts';
import type { People, PersonId } from '../domain/request.ts';
import { refuseSecrets } from '../requests/typed-secret.ts';
import type { AccountAnswer, Accounts } from './accounts.ts';
import { changeCare, eventOf } from './change-care.ts';
import { check } from './check.ts';
import type { CareDeps } from './deps.ts';
import { discover } from './discover.ts';
import { after } from './due.ts';
import { answerHandOver, APPROVERS, askToTakeOver } from './hand-over.ts';

const DAY_MS = 86_400_000;
const LONGEST_REASON = 500;
const LAST_CALL_DAYS = 3;
const KEPT_ANSWERS = 20;
/** One person's accounts; the nightly look finds the rest. */
const MOST = 1000;

/** The use cases, bound to what they need. */
export function createAccounts(deps: CareDeps): Accounts {
  const { records, policy } = deps.useCases;
  const approversOf = (account: Account): People => approversIn(policy, account);
  const stranger = (by: Member) => (account: Account) =>
    refuseStranger(account, by, approversOf(account));

  return {
    find: (id) => records.findAccount(id),
    groupsOf: (account) => approversOf(account).groups,
    approversOf,
    check: (id, by, accept) =>
      act(
        { id, by, wanted: 'check' },
        stranger(by),
        (account) => check(account, deps, accept),
        deps,
      ),
    snooze: (id, by, days, reason) =>
      act(
        { id, by, wanted: 'snooze' },
        stranger(by),
        (account) => snooze(account, by, days, reason, deps),
        deps,
      ),
    keep: (id, by) =>
      act(
        { id, by, wanted: 'review' },
        stranger(by),
        (account) => keepAccount(account, by, deps),
        deps,
      ),
    handOver: (id, by, to) =>
      act(
        { id, by, wanted: 'hand-over' },
        (account) => stranger(by)(account) ?? refuseMember(to, deps.directory.teamId),
        (account) => offer(account, by, to, deps),
        deps,
      ),
    answerHandOver: (id, by, accepts) =>
      act(
        { id, by, wanted: 'hand-over' },
        (account) => refuseTaker(account, by, approversOf(account)),
        (account) => answerHandOver(account, by.id, accepts, deps),
        deps,
      ),
    discover: (connection) => discover(connection, deps.useCases),
    personChanged: (id) => lookAtAllOf(id, deps),
  };
}

interface Wish {
  readonly id: string;
  readonly by: Member;
  readonly wanted: string;
}

/** Does it when nothing is against it, and has Slack show it; a refusal is audited. */
async function act(
  { id, by, wanted }: Wish,
  refuse: (account: Account) => Refusal | undefined,
  work: (account: Account) => Promise<Account>,
  deps: CareDeps,
): Promise<AccountAnswer> {
  const account = await getActive(id, deps);
  const refusal = refuseMember(by, deps.directory.teamId) ?? refuse(account);
  if (refusal !== undefined) {
    const event = eventOf(account, 'refused', { wanted, why: refusal }, by.id);
    await deps.useCases.records.audit.append(event);
    return { kind: 'refused', refusal, account };
  }
  const value = await work(account);
  await deps.wishCare(id);
  return { kind: 'done', value };
}

function refuseStranger(account: Account, by: Member, approvers: People): Refusal | undefined {
  const isOwner = account.owner === by.id || account.secondOwner === by.id;
  return isOwner || includes(approvers, by) ? undefined : 'not-an-owner';
}

function offer(account: Account, by: Member, to: Member, deps: CareDeps): Promise<Account> {
  const ask = { from: account.owner, to: to.id, why: 'It is being handed over.' };
  return askToTakeOver(account, ask, deps, by.id);
}

async function lookAtAllOf(id: PersonId, deps: CareDeps): Promise<void> {
  const now = deps.clock.now().toISOString();
  const { records } = deps.useCases;
  for (const account of await records.listAccounts({ person: id, state: 'active', limit: MOST })) {
    await changeCare(account, deps, () => ({ checkAt: now, dueAt: now }));
    await deps.wishCare(account.id);
  }
}

/** The approvers of the first rule that covers the account, as it stands today. */
function approversIn(policy: Policy, account: Account): People {
  const rule = policy.rules.find(
    ({ kinds, connections }) =>
      (kinds.length === 0 || kinds.includes(account.kind)) &&
      (connections.length === 0 ||
        (account.connection !== null &&
          connections.some((pattern) => matches(pattern, account.connection ?? '')))),
  );
  return rule?.approvers ?? { users: [], groups: [] };
}

async function getActive(id: string, { useCases }: CareDeps): Promise<Account> {
  const account = await useCases.records.findAccount(id);
  if (account === undefined) {
    const message = `There is no service account ${id}. /flow-service-account list shows yours.`;
    throw new ProductError('not-found', { subject: id, message });
  }
  if (account.state === 'active') return account;
  throw new ProductError('conflict', { subject: id, message: `${id} is closed.` });
}

/** Only whoever was asked; what the approvers were asked, any of them answers. */
function refuseTaker(account: Account, by: Member, approvers: People): Refusal | undefined {
  const { handOver } = account.care;
  if (handOver === null) return 'too-late';
  const isAsked = handOver.to === APPROVERS ? includes(approvers, by) : handOver.to === by.id;
  return isAsked ? undefined : 'not-the-assignee';
}

async function snooze(
  account: Account,
  by: Member,
  days: number,
  reason: string,
  deps: CareDeps,
): Promise<Account> {
  refuseSecrets({ reason });
  const now = deps.clock.now().toISOString();
  const last = after(account.rotateAt, -LAST_CALL_DAYS * DAY_MS);
  const wanted = after(now, days * DAY_MS);
  const until = wanted < last ? wanted : last;
  if (until <= now || days < 1) {
    throw new ProductError('invalid-input', {
      subject: 'days',
      message: `The renewal is due on ${account.rotateAt.slice(0, 10)}, too soon to be put off.`,
    });
  }
  return changeCare(
    account,
    deps,
    ({ care }) => ({
      reminder: {
        ...care.reminder,
        snoozedUntil: until,
        reason: reason.slice(0, LONGEST_REASON),
      },
    }),
    [eventOf(account, 'reminder-snoozed', { until, reason }, by.id)],
  );
}

function keepAccount(account: Account, by: Member, deps: CareDeps): Promise<Account> {
  const at = deps.clock.now().toISOString();
  return changeCare(
    account,
    deps,
    ({ care: { review } }) => ({
      review: {
        dueAt: after(at, deps.rules.reviewEveryMs),
        askedAt: null,
        asked: null,
        escalations: 0,
        answers: [...review.answers, { by: by.id, answer: 'keep' as const, at }].slice(
          -KEPT_ANSWERS,
        ),
      },
    }),
    [eventOf(account, 'review-answered', { answer: 'keep' }, by.id)],
  );
}
