import type { Account } from '../domain/account.ts';
import type { IndexEntry } from '../domain/page.ts';
import type { Records } from '../records/records.ts';
import type { Ports } from '../steps/ports.ts';

const PAGE = 200;

/** Every account there has been, in words for colleagues. */
export async function readEntries(records: Records, ports: Ports): Promise<IndexEntry[]> {
  const accounts: Account[] = [];
  for (;;) {
    const before = accounts.at(-1)?.id;
    const page = await records.listAccounts({
      limit: PAGE,
      ...(before === undefined ? {} : { before }),
    });
    accounts.push(...page);
    if (page.length < PAGE) break;
  }
  const owners = [...new Set(accounts.map(({ owner }) => owner))];
  const named = await Promise.all(
    owners.map(async (id) => [id, await ports.personName(id)] as const),
  );
  const names = new Map(named);
  return accounts.map((account) => ({
    account: account.address,
    purpose: account.purpose,
    owner: names.get(account.owner) ?? account.owner,
    connection: connectionName(account, ports),
    status: account.state,
    nextRotation: account.state === 'closed' ? null : account.rotateAt.slice(0, 10),
    url: account.page.url,
  }));
}

function connectionName({ connection }: Account, ports: Ports): string {
  if (connection === null) return 'Flow';
  return ports.connections.get(connection)?.name ?? connection;
}
