import { ProductError } from '../domain/errors.ts';
import { FINAL_STATES } from '../domain/request.ts';
import { parseRequestId } from '../domain/naming.ts';
import type { UseCaseDeps } from '../requests/deps.ts';
import type { FoundAccount } from '../vendors/vendor.ts';

export interface Discovered {
  /** Display name of the connection. */
  readonly connection: string;
  /** By login. */
  readonly accounts: readonly FoundAccount[];
}

/** What people call the accounts that Flow uses; it was GitPrime once. */
const WORDS = ['flow', 'gitprime'];
const MARK = /flow-(sa-[0-9a-z]{6})(?![0-9a-z])/u;

/**
 * Accounts at a connection that look as if they were made for Flow, and that are not under care.
 * Nothing is changed there or here.
 * @throws ProductError `not-found` for an unknown connection; `refused` where the vendor cannot tell
 */
export async function discover(id: string, deps: UseCaseDeps): Promise<Discovered> {
  const connection = deps.ports.connections.get(id);
  if (connection === undefined) {
    const known = [...deps.ports.connections.keys()].join(', ');
    const message = `There is no connection "${id}". These are configured: ${known}.`;
    throw new ProductError('not-found', { subject: id, message });
  }
  const { name, vendor } = connection;
  const search = vendor.searchAccounts;
  if (search === undefined) {
    const message = `The app cannot look for accounts at ${name}. Look there yourself, and take one under care with “adopt”.`;
    throw new ProductError('refused', { subject: name, message });
  }
  const found = (await Promise.all(WORDS.map((word) => search(word)))).flat();
  const unique = [...new Map(found.map((account) => [account.id, account])).values()];
  const strangers: FoundAccount[] = [];
  for (const account of unique) {
    if (!(await isKnown(account, id, deps))) strangers.push(account);
  }
  return {
    connection: name,
    accounts: strangers.toSorted((one, other) => one.login.localeCompare(other.login)),
  };
}

/** Under care, or being made by a request that is not over. */
async function isKnown(
  { login, name }: FoundAccount,
  connection: string,
  { records }: UseCaseDeps,
): Promise<boolean> {
  const [cared] = await records.listAccounts({ connection, login, state: 'active', limit: 1 });
  if (cared !== undefined) return true;
  const marked = parseRequestId(MARK.exec(`${login} ${name}`.toLowerCase())?.[1] ?? '');
  const request = marked === undefined ? undefined : await records.find(marked);
  return request !== undefined && !FINAL_STATES.includes(request.state);
}
