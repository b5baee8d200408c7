import { hasCode, isAmbiguous, ProductError } from '../../domain/errors.ts';
import { done, human, later } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { removeAccess } from '../../lib/github-roles.ts';
import type { GitHubUser } from '../../lib/github-schema.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import type { ScimClient } from './client.ts';
import type { ManagedUsersContext } from './context.ts';
import { managedLogin, provisionedName } from './login.ts';
import type { ScimUser } from './schema.ts';
import { leaveTask, LOGIN_FIELD, markedName, provisionTask } from './tasks.ts';

const SHORTLY_MS = 15_000;

export function ensureUser(
  context: ManagedUsersContext,
  spec: AccountSpec,
  answers: Readonly<Record<string, string>>,
): Promise<Outcome<VendorUser>> {
  return context.scim === null
    ? ensureProvidedUser(context, spec, answers)
    : ensureOwnUser(context, context.scim, spec);
}

/** Provisions under our mark as the external id, which GitHub keeps unique. */
async function ensureOwnUser(
  context: ManagedUsersContext,
  scim: ScimClient,
  spec: AccountSpec,
): Promise<Outcome<VendorUser>> {
  const record = (await scim.find(spec.marker)) ?? (await create(context, scim, spec));
  if (!record.active) {
    throw new ProductError('refused', {
      subject: context.name,
      message: `${record.userName} is suspended in the enterprise ${context.config.enterprise}. Undo this request and make a new one.`,
    });
  }
  const login = managedLogin(record.userName, context.config);
  const user = await context.client.findUser(login);
  return user === undefined
    ? later(SHORTLY_MS, `GitHub does not show ${login} yet.`)
    : done(asVendorUser(user));
}

async function create(
  context: ManagedUsersContext,
  scim: ScimClient,
  spec: AccountSpec,
): Promise<ScimUser> {
  const userName = provisionedName(spec.login, context.config);
  const displayName = markedName(spec);
  try {
    return await scim.create({
      externalId: spec.marker,
      userName,
      displayName,
      address: spec.address,
    });
  } catch (error) {
    if (!isAmbiguous(error) && !hasCode(error, 'exists')) throw error;
    const there = await scim.find(spec.marker);
    if (there !== undefined) return there;
    if (isAmbiguous(error)) throw error;
    throw new ProductError('name-taken', {
      subject: context.name,
      message: `In the enterprise ${context.config.enterprise} the username ${userName} or the address ${spec.address} belongs to somebody else. Choose another address for this service account.`,
      cause: error,
    });
  }
}

/**
 * Writing beside an identity provider would be undone by it, so a person makes the user there. A
 * managed user cannot change its own name, so our mark in the name proves that it is the new one.
 */
async function ensureProvidedUser(
  context: ManagedUsersContext,
  spec: AccountSpec,
  answers: Readonly<Record<string, string>>,
): Promise<Outcome<VendorUser>> {
  const answer = answers[LOGIN_FIELD]?.trim() ?? '';
  const login = managedLogin(answer === '' ? spec.login : answer, context.config);
  const user = await context.client.findUser(login);
  if (user === undefined) {
    return human(provisionTask(context, spec, `GitHub has no user ${login} that we can see.`));
  }
  if (isOurs(user, spec)) return done(asVendorUser(user));
  const finding = `The name of ${login} does not contain ${spec.marker}, so it may be somebody else’s account.`;
  return human(provisionTask(context, spec, finding));
}

export async function findUser(
  context: ManagedUsersContext,
  spec: AccountSpec,
): Promise<VendorUser | undefined> {
  if (context.scim === null) {
    const user = await context.client.findUser(managedLogin(spec.login, context.config));
    const living = user !== undefined && !isSuspended(user) && isOurs(user, spec);
    return living ? asVendorUser(user) : undefined;
  }
  const record = await context.scim.find(spec.marker);
  if (record?.active !== true) return undefined;
  const user = await context.client.findUser(managedLogin(record.userName, context.config));
  return user === undefined ? undefined : asVendorUser(user);
}

/** Suspends: deleting for good would also wipe what the account made. */
export async function removeUser(
  context: ManagedUsersContext,
  spec: AccountSpec,
  user: VendorUser,
): Promise<Outcome<void>> {
  const { scim } = context;
  if (scim === null) return removeProvidedUser(context, spec, user);
  const record = await scim.find(spec.marker);
  // An adopted account was provisioned by somebody else, who has to take it back.
  if (record === undefined) return removeProvidedUser(context, spec, user);
  if (!record.active) return done(undefined);
  await removeAccess(context, spec, user);
  await scim.deactivate(record.id);
  return done(undefined);
}

async function removeProvidedUser(
  context: ManagedUsersContext,
  spec: AccountSpec,
  user: VendorUser,
): Promise<Outcome<void>> {
  const present = await context.client.findUserById(user.id);
  // Suspending makes the username unreadable.
  const gone =
    present === undefined ||
    isSuspended(present) ||
    present.login.toLowerCase() !== user.login.toLowerCase();
  if (gone) return done(undefined);
  await removeAccess(context, spec, user);
  return human(leaveTask(context, spec, present.login));
}

function isSuspended(user: GitHubUser): boolean {
  return (user.suspended_at ?? null) !== null;
}

function isOurs(user: GitHubUser, spec: AccountSpec): boolean {
  const words = (user.name ?? '').toLowerCase().split(/[^a-z\d-]+/);
  return user.type === 'User' && words.includes(spec.marker.toLowerCase());
}

function asVendorUser(user: GitHubUser): VendorUser {
  return { id: String(user.id), login: user.login, url: user.html_url };
}
