import type { Account } from '../domain/account.ts';
import { includes, refuseDecision } from '../domain/approval.ts';
import type { Member, Refusal } from '../domain/approval.ts';
import type { AuditEntry } from '../domain/audit.ts';
import { OPERATIONS } from '../domain/operation.ts';
import { isNobody, ruleFor, snapshot } from '../domain/policy.ts';
import type { Policy } from '../domain/policy.ts';
import { FINAL_STATES, STATES } from '../domain/request.ts';
import type { OpenTask, Order, People, PersonId, Request } from '../domain/request.ts';
import type { Clock } from '../lib/clock.ts';
import type { AccountCount, AccountFilter, Records } from '../records/records.ts';
import { orderOf, refuseWish } from '../requests/operate.ts';
import type { InventoryFilter } from './inventory-filter.ts';

export interface AccountPage {
  /** What was looked for, with nothing left open. */
  readonly filter: InventoryFilter;
  readonly accounts: readonly Account[];
  /** Id to go on `before`; null on the last page. */
  readonly next: string | null;
}

/** An account with what was done about it, as one person may see and handle it. */
export interface AccountView {
  readonly account: Account;
  /** The request that it came from. */
  readonly origin: Request;
  /** Everything that was asked for about it, newest first. */
  readonly requests: readonly Request[];
  /** What is under way; nothing else can begin meanwhile. */
  readonly underWay: Request | null;
  readonly may: {
    readonly rotate: boolean;
    readonly close: boolean;
    /** Check it, hand it over. */
    readonly lookAfter: boolean;
    readonly seeStory: boolean;
  };
}

export interface AccountStory {
  readonly account: Account;
  readonly origin: Request;
  /** Oldest first. */
  readonly entries: readonly AuditEntry[];
  /** There are older ones. */
  readonly more: boolean;
}

/** What concerns one person. */
export interface Concerns {
  readonly decisions: readonly Request[];
  readonly tasks: readonly {
    readonly request: Request;
    readonly step: string;
    readonly task: OpenTask;
  }[];
  /** Newest first, at most 50. */
  readonly requests: readonly Request[];
  readonly accounts: readonly Account[];
  /** Only for admins. */
  readonly totals: readonly AccountCount[] | null;
}

/** Who sees which accounts, and what they find there. */
export interface Inventory {
  /** Slack user groups that matter here; what a `Member` must be looked up with. */
  readonly groups: readonly string[];
  isAdmin(by: Member): boolean;
  list(by: Member, filter: InventoryFilter): Promise<AccountPage | Refusal>;
  openRequests(person: PersonId): Promise<readonly Request[]>;
  find(by: Member, id: string): Promise<AccountView | undefined>;
  /** The newest `most` entries; a refusal for those who are not concerned. */
  story(by: Member, id: string, most: number): Promise<AccountStory | Refusal | undefined>;
  concerns(by: Member): Promise<Concerns>;
}

export interface InventoryDeps {
  readonly records: Pick<
    Records,
    'find' | 'list' | 'findAccount' | 'listAccounts' | 'countAccounts' | 'audit'
  >;
  /** As it is now: it may change while the app runs. */
  readonly policy: () => Policy;
  /** Nobody: the approvers are the admins. */
  readonly admins: People;
  readonly clock: Clock;
  /** Id of our workspace; known once Slack is connected. */
  readonly teamId: () => string;
}

const PAGE = 10;
const MOST_REQUESTS = 50;
/** Requests that are open at the same time and looked through for one person. */
const MOST_OPEN = 500;

export function createInventory(deps: InventoryDeps): Inventory {
  const { records } = deps;
  const isAdmin = (by: Member): boolean => adminsOf(deps).some((people) => includes(people, by));

  return {
    get groups() {
      const everybody = [...approversIn(deps.policy()), ...adminsOf(deps)];
      return [...new Set(everybody.flatMap(({ groups }) => groups))];
    },
    isAdmin,
    async list(by, wanted) {
      const filter = settle(wanted, isAdmin(by));
      if (reachesOthers(filter, by) && !isAdmin(by)) return 'not-an-admin';
      const found = await records.listAccounts({ ...toRecords(filter, by), limit: PAGE + 1 });
      const accounts = found.slice(0, PAGE);
      const next = found.length > PAGE ? (accounts.at(-1)?.id ?? null) : null;
      return { filter, accounts, next };
    },
    openRequests: (person) => records.list({ person, states: OPEN, limit: MOST_REQUESTS }),
    async find(by, id) {
      const account = await records.findAccount(id);
      const origin = account === undefined ? undefined : await records.find(id);
      if (account === undefined || origin === undefined) return undefined;
      const requests = await records.list({ account: id, limit: MOST_REQUESTS });
      const order = orderOf(account, origin);
      const may = (kind: 'rotate' | 'close'): boolean =>
        account.state === 'active' && mayOperate(kind, by, order, deps);
      return {
        account,
        origin,
        requests,
        underWay: requests.find(({ state }) => OPEN.includes(state)) ?? null,
        may: {
          rotate: may('rotate'),
          close: may('close'),
          lookAfter: account.state === 'active' && isConcerned(by, order, deps),
          seeStory: isConcerned(by, order, deps) || isAdmin(by),
        },
      };
    },
    async story(by, id, most) {
      const account = await records.findAccount(id);
      const origin = account === undefined ? undefined : await records.find(id);
      if (account === undefined || origin === undefined) return undefined;
      const order = orderOf(account, origin);
      if (!isConcerned(by, order, deps) && !isAdmin(by)) return 'not-an-owner';
      const subjects = await subjectsOf(id, records);
      const newest = await records.audit.list({ subjects, newestFirst: true, limit: most + 1 });
      const entries = newest.slice(0, most).toReversed();
      return { account, origin, entries, more: newest.length > most };
    },
    concerns: (by) => concernsOf(by, isAdmin(by), deps),
  };
}

function approversIn({ rules }: Policy): People[] {
  return rules.map(({ approvers }) => approvers);
}

function adminsOf({ admins, policy }: InventoryDeps): People[] {
  return isNobody(admins) ? approversIn(policy()) : [admins];
}

const OPEN = STATES.filter((state) => !FINAL_STATES.includes(state));

/** The account's id and those of all requests about it: what its story is told of. */
export async function subjectsOf(
  account: string,
  records: Pick<Records, 'list'>,
): Promise<readonly string[]> {
  const ids = [account];
  let before: string | undefined;
  for (;;) {
    const filter = { account, limit: MOST_REQUESTS };
    const page = await records.list(before === undefined ? filter : { ...filter, before });
    ids.push(...page.map(({ id }) => id));
    before = page.at(-1)?.id;
    if (page.length < MOST_REQUESTS) return [...new Set(ids)];
  }
}

/** Somebody who searches means everything they may see. */
function settle(filter: InventoryFilter, admin: boolean): InventoryFilter {
  if (filter.scope !== null) return filter;
  const { kind, health, connection, owner, state } = filter;
  const searches = [kind, health, connection, owner].some((one) => one !== undefined);
  return { ...filter, scope: admin && (searches || state === 'closed') ? 'all' : 'mine' };
}

function reachesOthers({ scope, owner }: InventoryFilter, by: Member): boolean {
  return (scope === 'all' && owner !== by.id) || (owner !== undefined && owner !== by.id);
}

function toRecords(filter: InventoryFilter, by: Member): AccountFilter {
  const { scope, state, kind, health, connection, owner, before } = filter;
  const person = owner ?? (scope === 'mine' ? by.id : undefined);
  return {
    state,
    ...(kind === undefined ? {} : { kind }),
    ...(health === undefined ? {} : { health }),
    ...(connection === undefined ? {} : { connection }),
    ...(person === undefined ? {} : { person }),
    ...(before === undefined ? {} : { before }),
  };
}

function mayOperate(
  kind: 'rotate' | 'close',
  by: Member,
  order: Order,
  { policy, teamId }: InventoryDeps,
): boolean {
  const rule = ruleFor(policy(), order, kind);
  if (rule === undefined) return false;
  return refuseWish(by, order, snapshot(rule, by), teamId()) === undefined;
}

/** Owners, and whoever may approve anything about the account. */
function isConcerned(by: Member, order: Order, { policy }: InventoryDeps): boolean {
  if ([order.owner, order.secondOwner].includes(by.id)) return true;
  return OPERATIONS.some((kind) => {
    const rule = ruleFor(policy(), order, kind);
    return rule !== undefined && includes(rule.approvers, by);
  });
}

async function concernsOf(by: Member, admin: boolean, deps: InventoryDeps): Promise<Concerns> {
  const { records, clock } = deps;
  const [pending, waiting, requests, accounts, totals] = await Promise.all([
    records.list({ states: ['pending'], limit: MOST_OPEN }),
    records.list({ states: ['waiting', 'undoing'], limit: MOST_OPEN }),
    records.list({ person: by.id, limit: MOST_REQUESTS }),
    records.listAccounts({ person: by.id, state: 'active', limit: MOST_REQUESTS }),
    admin ? records.countAccounts() : null,
  ]);
  const now = clock.now().toISOString();
  return {
    decisions: pending.filter((request) => refuseDecision(request, by, now) === undefined),
    tasks: waiting.flatMap((request) => tasksOf(request, by.id)),
    requests,
    accounts,
    totals,
  };
}

function tasksOf(request: Request, person: PersonId): Concerns['tasks'] {
  return request.steps.flatMap(({ id, state, task }) =>
    state === 'human' && task?.assignee === person ? [{ request, step: id, task }] : [],
  );
}
