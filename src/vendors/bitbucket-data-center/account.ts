import { ProductError, hasCode, isAmbiguous } from '../../domain/errors.ts';
import { done } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { randomId } from '../../lib/random.ts';
import type { AccountSpec, VendorDeps, FoundAccount, VendorUser } from '../vendor.ts';
import { orUndefined, refused } from './client.ts';
import type { BitbucketClient } from './client.ts';
import { setPassword } from './password.ts';
import type { BitbucketConfig, BitbucketUser } from './schema.ts';

export interface BitbucketContext {
  readonly client: BitbucketClient;
  readonly config: BitbucketConfig;
  readonly deps: VendorDeps;
  readonly connectionName: string;
}

const THROW_AWAY_BYTES = 24;

/** Finds or makes the account, and sees to it that the stored password is the one in force. */
export async function ensureAccount(
  context: BitbucketContext,
  spec: AccountSpec,
): Promise<Outcome<VendorUser>> {
  const account = (await ownAccount(context, spec)) ?? (await makeAccount(context, spec));
  if (!account.active) {
    throw refused(
      context.connectionName,
      `The account ${account.name} at ${context.connectionName} is deactivated in its user directory. Activate it there, then try again.`,
    );
  }
  await setPassword(context, spec, account.name);
  return done(toUser(context, account));
}

export async function findAccount(
  context: BitbucketContext,
  spec: AccountSpec,
): Promise<VendorUser | undefined> {
  const account = await context.client.findUser(spec.login);
  return account !== undefined && isOurs(account, spec) ? toUser(context, account) : undefined;
}

/** Bitbucket itself looks in name, display name and address. */
export async function searchAccounts(
  context: BitbucketContext,
  word: string,
): Promise<FoundAccount[]> {
  const accounts = await context.client.searchUsers(word);
  return accounts
    .filter(({ active }) => active)
    .map((account) => ({ ...toUser(context, account), name: account.displayName }));
}

/** An active account with this name, whoever made it. */
export async function findByLogin(
  context: BitbucketContext,
  login: string,
): Promise<VendorUser | undefined> {
  const account = await context.client.findUser(login);
  return account?.active === true ? toUser(context, account) : undefined;
}

export async function removeAccount(
  context: BitbucketContext,
  user: VendorUser,
): Promise<Outcome<void>> {
  const { client, connectionName } = context;
  const account = await knownAccount(context, user);
  if (account === undefined) return done(undefined);
  try {
    await orUndefined(client.removeUser(account.name));
  } catch (error) {
    if (!hasCode(error, 'refused', 'exists')) throw error;
    throw refused(
      connectionName,
      `${connectionName} does not delete ${account.name}. Its user directory may be read-only: delete the account there, then try again.`,
      error,
    );
  }
  return done(undefined);
}

/** The account with this name, if it is still the one we made. */
export async function knownAccount(
  { client }: BitbucketContext,
  user: VendorUser,
): Promise<BitbucketUser | undefined> {
  const account = await client.findUser(user.login);
  return String(account?.id) === user.id ? account : undefined;
}

async function ownAccount(
  context: BitbucketContext,
  spec: AccountSpec,
): Promise<BitbucketUser | undefined> {
  const account = await context.client.findUser(spec.login);
  if (account === undefined || isOurs(account, spec)) return account;
  throw nameTaken(context, spec);
}

async function makeAccount(context: BitbucketContext, spec: AccountSpec): Promise<BitbucketUser> {
  const { connectionName } = context;
  const made = await tryToMake(context, spec);
  // Also when the name was taken: another run of ours may have been faster.
  const account = await ownAccount(context, spec);
  if (account !== undefined) return account;
  if (made instanceof ProductError) throw made;
  // A name that is taken but not listed belongs to an account that was deleted only lately.
  if (!made) throw nameTaken(context, spec);
  throw new ProductError('unavailable', {
    subject: connectionName,
    message: `${connectionName} has made ${spec.login} but does not show it yet.`,
  });
}

/** False when the name is taken; an error when it is not certain whether it was made. */
async function tryToMake(
  { client, connectionName }: BitbucketContext,
  spec: AccountSpec,
): Promise<boolean | ProductError> {
  try {
    return await client.createUser({
      name: spec.login,
      emailAddress: spec.address,
      displayName: `${spec.displayName} (${spec.marker})`,
      // Bitbucket takes it in the URL, which proxies log. The stored one replaces it at once.
      password: randomId(THROW_AWAY_BYTES),
    });
  } catch (error) {
    if (isAmbiguous(error) && error instanceof ProductError) return error;
    if (!hasCode(error, 'refused')) throw error;
    throw refused(
      connectionName,
      `${connectionName} refused to create ${spec.login}. Its user directory may be read-only, or the username or address may break a rule of that Bitbucket.`,
      error,
    );
  }
}

/** Both, because anybody may give their own account any display name. */
function isOurs(account: BitbucketUser, spec: AccountSpec): boolean {
  return (
    account.displayName.includes(spec.marker) &&
    account.emailAddress?.toLowerCase() === spec.address.toLowerCase()
  );
}

function nameTaken({ connectionName }: BitbucketContext, spec: AccountSpec): ProductError {
  return new ProductError('name-taken', {
    subject: connectionName,
    message: `At ${connectionName} the username ${spec.login} belongs to an account that was not made for this request. Choose another address for this service account.`,
  });
}

function toUser(context: BitbucketContext, account: BitbucketUser): VendorUser {
  return {
    id: String(account.id),
    login: account.name,
    url: `${context.config.base_url}/users/${encodeURIComponent(account.slug)}`,
  };
}
