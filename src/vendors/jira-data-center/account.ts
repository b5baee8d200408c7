import { storedPassword } from '../../lib/account-password.ts';
import { ProductError, hasCode, isAmbiguous } from '../../domain/errors.ts';
import { done } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { AccountSpec, VendorDeps, VendorUser } from '../vendor.ts';
import { orUndefined, refused } from './client.ts';
import type { JiraClient } from './client.ts';
import { setPassword } from './password.ts';
import type { JiraConfig, JiraUser } from './schema.ts';

export interface JiraContext {
  readonly client: JiraClient;
  readonly config: JiraConfig;
  readonly deps: VendorDeps;
  readonly connectionName: string;
}

/** Finds or makes the account, and sees to it that the stored password is the one in force. */
export async function ensureAccount(
  context: JiraContext,
  spec: AccountSpec,
): Promise<Outcome<VendorUser>> {
  const account = (await ownAccount(context, spec)) ?? (await makeAccount(context, spec));
  if (!account.active) await context.client.setActive(account.name, true);
  await setPassword(context, spec, account.name);
  return done(toUser(context, account));
}

/** A deactivated account counts as gone: that is how Jira keeps those with a history. */
export async function findAccount(
  context: JiraContext,
  spec: AccountSpec,
): Promise<VendorUser | undefined> {
  const account = await context.client.findUser(spec.login);
  const isThere = account !== undefined && account.active && isOurs(account, spec);
  return isThere ? toUser(context, account) : undefined;
}

/** An active account with this name, whoever made it. */
export async function findByLogin(
  context: JiraContext,
  login: string,
): Promise<VendorUser | undefined> {
  const account = await context.client.findUser(login);
  return account?.active === true ? toUser(context, account) : undefined;
}

/** Deletes the account; one that has left traces in issues can only be deactivated. */
export async function removeAccount(
  context: JiraContext,
  user: VendorUser,
): Promise<Outcome<void>> {
  const { client } = context;
  const account = await knownAccount(context, user);
  if (account?.active !== true) return done(undefined);
  try {
    await orUndefined(client.removeUser(account.name));
  } catch (error) {
    if (!hasCode(error, 'refused', 'missing-permission')) throw error;
    await client.setActive(account.name, false);
  }
  return done(undefined);
}

/** The account with this name, if it is still the one we made. */
export async function knownAccount(
  { client }: JiraContext,
  user: VendorUser,
): Promise<JiraUser | undefined> {
  const account = await client.findUser(user.login);
  return account?.key === user.id ? account : undefined;
}

async function ownAccount(context: JiraContext, spec: AccountSpec): Promise<JiraUser | undefined> {
  const account = await context.client.findUser(spec.login);
  if (account === undefined || isOurs(account, spec)) return account;
  throw new ProductError('name-taken', {
    subject: context.connectionName,
    message: `At ${context.connectionName} the username ${spec.login} belongs to an account that was not made for this request. Choose another address for this service account.`,
  });
}

async function makeAccount(context: JiraContext, spec: AccountSpec): Promise<JiraUser> {
  const { client, connectionName } = context;
  const refusal = await tryToMake(context, spec);
  // After a refusal, too: another run of ours may have been faster.
  const account = await ownAccount(context, spec);
  if (account !== undefined) return account;
  if (refusal instanceof ProductError) throw refusal;
  if (/licen[cs]e|user limit/i.test(refusal ?? '')) {
    throw new ProductError('limit-reached', {
      subject: connectionName,
      message: `${connectionName} has no free licence for another user. Deactivate one that is no longer needed, or buy more.`,
    });
  }
  const { version } = await client.server();
  throw refused(
    connectionName,
    `${connectionName} (Jira ${version}) refused to create ${spec.login}. Its user directory may be read-only, or the username, address or password may break a rule of that Jira.`,
  );
}

/** Undefined when it was made; Jira's words or an error without certainty when perhaps not. */
async function tryToMake(
  { client }: JiraContext,
  spec: AccountSpec,
): Promise<string | ProductError | undefined> {
  try {
    return await client.createUser({
      name: spec.login,
      password: await storedPassword(spec),
      emailAddress: spec.address,
      displayName: `${spec.displayName} (${spec.marker})`,
    });
  } catch (error) {
    if (isAmbiguous(error) && error instanceof ProductError) return error;
    throw error;
  }
}

/** Both, because anybody may give their own account any display name. */
function isOurs(account: JiraUser, spec: AccountSpec): boolean {
  return (
    account.displayName.includes(spec.marker) &&
    account.emailAddress?.toLowerCase() === spec.address.toLowerCase()
  );
}

function toUser(context: JiraContext, account: JiraUser): VendorUser {
  const name = encodeURIComponent(account.name);
  return {
    id: account.key,
    login: account.name,
    url: `${context.config.base_url}/secure/ViewProfile.jspa?name=${name}`,
  };
}
