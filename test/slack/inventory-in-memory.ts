import { createInventory } from '../../src/accounts/inventory.ts';
import type { Inventory, InventoryDeps } from '../../src/accounts/inventory.ts';
import type { Account } from '../../src/domain/account.ts';
import type { AuditEntry } from '../../src/domain/audit.ts';
import { accountIdOf } from '../../src/domain/operation.ts';
import type { Request } from '../../src/domain/request.ts';
import { aRule } from '../support/builders.ts';

interface Kept {
  readonly requests: ReadonlyMap<string, Request>;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly entries: readonly AuditEntry[];
}

const APPROVERS = { users: ['U0APPROVER'], groups: ['S0APPROVERS'] };

/** The real inventory over records that live in memory; U0ADMIN is the admin. */
export function inventoryInMemory(kept: Kept, clock: InventoryDeps['clock']): Inventory {
  return createInventory({
    records: recordsOf(kept),
    policy: () => ({
      requesters: { users: [], groups: [] },
      rules: [aRule({ approvers: APPROVERS })],
    }),
    admins: { users: ['U0ADMIN'], groups: [] },
    clock,
    teamId: () => 'T00000001',
  });
}

function recordsOf({ requests, accounts, entries }: Kept): InventoryDeps['records'] {
  const newest = () => [...accounts.values()].toSorted((a, b) => (a.id < b.id ? 1 : -1));
  return {
    find: async (id) => requests.get(id),
    findAccount: async (id) => accounts.get(id),
    list: async ({ states, person, account, limit = 50 }) =>
      [...requests.values()]
        .filter((request) => states === undefined || states.includes(request.state))
        .filter((request) => account === undefined || accountIdOf(request) === account)
        .filter(
          ({ requester, order }) =>
            person === undefined || [requester, order.owner, order.secondOwner].includes(person),
        )
        .slice(0, limit),
    listAccounts: async ({ person, state, health, kind, connection, before, limit = 50 }) =>
      newest()
        .filter((one) => person === undefined || [one.owner, one.secondOwner].includes(person))
        .filter((one) => state === undefined || one.state === state)
        .filter((one) => health === undefined || one.care.health.state === health)
        .filter((one) => kind === undefined || one.kind === kind)
        .filter((one) => connection === undefined || one.connection === connection)
        .filter((one) => before === undefined || one.id < before)
        .slice(0, limit),
    countAccounts: async () =>
      [...accounts.values()].map(({ state, kind, care }) => ({
        state,
        kind,
        health: care.health.state,
        count: 1,
      })),
    audit: {
      append: async () => undefined,
      list: async ({ subjects, limit = 1000 }) =>
        entries
          .filter(({ subject }) => subjects?.includes(subject) === true)
          .toReversed()
          .slice(0, limit),
      verify: async () => undefined,
    },
  };
}
