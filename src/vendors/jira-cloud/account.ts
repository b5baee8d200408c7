import { ProductError } from '../../domain/errors.ts';
import { done, human } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { AccountSpec, VendorDeps, VendorUser } from '../vendor.ts';
import { orUndefined } from './client.ts';
import type { JiraClient } from './client.ts';
import type { Organisation } from './organisation.ts';
import type { JiraConfig, JiraUser } from './schema.ts';
import { signUpTask } from './tasks.ts';

export interface JiraContext {
  readonly client: JiraClient;
  /** Null where the configuration names none. */
  readonly organisation: Organisation | null;
  readonly config: JiraConfig;
  readonly deps: VendorDeps;
  readonly connectionName: string;
}

/**
 * Finds the account by our marker, else by its address, else invites it without any product. Only
 * an account that nobody gave anything is ever marked as ours.
 */
export async function ensureAccount(
  context: JiraContext,
  spec: AccountSpec,
): Promise<Outcome<VendorUser>> {
  const account = (await findProven(context, spec)) ?? (await claimOrInvite(context, spec));
  return account.active
    ? done(toUser(context, spec, account))
    : human(signUpTask(context.config, spec));
}

export async function findAccount(
  context: JiraContext,
  spec: AccountSpec,
): Promise<VendorUser | undefined> {
  const marked = (await findMarked(context, spec)) ?? (await markedOfAddress(context, spec));
  if (marked !== undefined) return toUser(context, spec, marked);
  await mustSeePeople(context);
  return undefined;
}

const SEE_PEOPLE = 'USER_PICKER';

/** Whoever may not look for people is told that there are none. */
async function mustSeePeople({ client, connectionName }: JiraContext): Promise<void> {
  if ((await client.permissions([SEE_PEOPLE])).has(SEE_PEOPLE)) return;
  throw new ProductError('missing-permission', {
    subject: connectionName,
    message: `${connectionName} does not let our own account look for people. It needs the global permission "Browse users and groups".`,
  });
}

/** Takes the user out of Jira. The Atlassian account itself is not ours to delete. */
export async function removeAccount(
  context: JiraContext,
  user: VendorUser,
): Promise<Outcome<void>> {
  const { client, connectionName } = context;
  if ((await orUndefined(client.getUser(user.id))) === undefined) return done(undefined);
  try {
    await orUndefined(client.removeUser(user.id));
  } catch (error) {
    if (!(error instanceof ProductError) || error.code !== 'refused') throw error;
    throw new ProductError('refused', {
      subject: connectionName,
      message: `${connectionName} does not remove ${user.login}, perhaps because it leads a project. Give that role to somebody else, then try again.`,
      cause: error,
    });
  }
  return done(undefined);
}

/** Accounts with our marker whose address, where Jira shows it, is the right one. */
async function findMarked(
  { client }: JiraContext,
  spec: AccountSpec,
): Promise<JiraUser | undefined> {
  for (const user of await client.findMarked(spec.marker)) {
    const isPossible = user.emailAddress === undefined || isOfAddress(user, spec);
    if (isPossible && (await client.markOf(user.accountId)) === spec.marker) return user;
  }
  return undefined;
}

/**
 * Anybody may set such a property on their own account, so the marker alone proves nothing: the
 * address must fit, or the account must be one that nobody has given access to yet.
 */
async function findProven(context: JiraContext, spec: AccountSpec): Promise<JiraUser | undefined> {
  const marked = await findMarked(context, spec);
  if (marked === undefined || isOfAddress(marked, spec)) return marked;
  const isBlank = (await context.client.groupsOf(marked.accountId)).length === 0;
  return isBlank ? marked : undefined;
}

async function claimOrInvite(context: JiraContext, spec: AccountSpec): Promise<JiraUser> {
  const { client } = context;
  const known = await findByAddress(context, spec);
  if (known !== undefined) return claim(context, spec, known);
  const made = await client.createUser(spec.address);
  if (made !== undefined) return claim(context, spec, made);
  // Jira's 400 also means that the account exists without access: another run of ours, perhaps.
  const hidden =
    (await findByAddress(context, spec)) ??
    (await client.findAmongAll((user) => isOfAddress(user, spec)));
  if (hidden !== undefined) return claim(context, spec, hidden);
  throw new ProductError('refused', {
    subject: context.connectionName,
    message: `${context.connectionName} refused to invite ${spec.address}. An Atlassian account with that address may exist without access to this site, or the address may not be allowed. Choose another address for this service account.`,
  });
}

/** Marks an account as ours, unless it has another mark or anybody gave it access before us. */
async function claim(
  context: JiraContext,
  spec: AccountSpec,
  account: JiraUser,
): Promise<JiraUser> {
  const { client } = context;
  const mark = await client.markOf(account.accountId);
  if (mark === spec.marker) return account;
  const isBlank = mark === undefined && (await client.groupsOf(account.accountId)).length === 0;
  if (!isBlank) {
    throw new ProductError('name-taken', {
      subject: context.connectionName,
      message: `At ${context.connectionName} the address ${spec.address} belongs to an account that was not made for this request. Choose another address for this service account.`,
    });
  }
  await client.mark(account.accountId, spec.marker);
  return account;
}

async function markedOfAddress(
  context: JiraContext,
  spec: AccountSpec,
): Promise<JiraUser | undefined> {
  const account = await findByAddress(context, spec);
  if (account === undefined) return undefined;
  return (await context.client.markOf(account.accountId)) === spec.marker ? account : undefined;
}

async function findByAddress(
  { client }: JiraContext,
  spec: AccountSpec,
): Promise<JiraUser | undefined> {
  const found = await client.findByText(spec.address);
  return found.find((user) => isOfAddress(user, spec));
}

function isOfAddress(user: JiraUser, spec: AccountSpec): boolean {
  return user.emailAddress?.toLowerCase() === spec.address.toLowerCase();
}

function toUser(context: JiraContext, spec: AccountSpec, account: JiraUser): VendorUser {
  return {
    id: account.accountId,
    login: spec.address,
    url: `${context.config.base_url}/jira/people/${encodeURIComponent(account.accountId)}`,
  };
}
