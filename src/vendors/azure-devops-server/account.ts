import { ProductError } from '../../domain/errors.ts';
import { done, human } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import type { ServerContext } from './context.ts';
import { compareGroups, groupsLeft } from './groups.ts';
import type { Identity } from './schema.ts';
import { ACCOUNT_FIELD, accountTask, groupsTask, removeTask } from './tasks.ts';

/**
 * A person makes the account and says which one it is. Only an administrator of the directory may
 * set a display name, so our mark in it proves that the account is for us.
 */
export async function ensureAccount(
  { client, config, connectionName }: ServerContext,
  spec: AccountSpec,
  answers: Readonly<Record<string, string>>,
): Promise<Outcome<VendorUser>> {
  const answer = answers[ACCOUNT_FIELD]?.trim() ?? '';
  const again = (finding: string | null) => human(accountTask(config, spec, finding));
  if (answer === '') return again(null);
  if (!/^[^\\@\s]+\\[^\\\s]+$/.test(answer)) {
    return again(`"${answer}" is not a domain and a logon name with a backslash between.`);
  }
  const identity = named(await client.findAccounts(answer), answer);
  if (identity === undefined || !identity.isActive) {
    return again(
      `${connectionName} does not know ${answer} yet. It learns of an account when that is put into one of its groups.`,
    );
  }
  return isOurs(identity, spec)
    ? done(toUser(identity))
    : again(
        `The display name of ${answer} does not contain ${spec.marker}, so it may be somebody else’s account.`,
      );
}

export async function findAccount(
  { client }: ServerContext,
  spec: AccountSpec,
): Promise<VendorUser | undefined> {
  const identity = named(await client.findAccounts(spec.login), spec.login);
  return identity?.isActive === true && isOurs(identity, spec) ? toUser(identity) : undefined;
}

/** Only people can change groups here; we look until they are right. */
export async function ensureAccess(
  context: ServerContext,
  spec: AccountSpec,
  user: VendorUser,
): Promise<Outcome<void>> {
  const identity = await context.client.identity(user.id);
  if (identity === undefined) {
    throw new ProductError('not-found', {
      subject: user.login,
      message: `${context.connectionName} no longer knows ${user.login}. Undo this request and make a new one.`,
    });
  }
  const difference = await compareGroups(context, spec, identity);
  const isRight = difference.missing.length === 0 && difference.superfluous.length === 0;
  return isRight ? done(undefined) : human(groupsTask(context.config, user, difference));
}

/** Done when a person has taken the account out of our groups; else the task to do so. */
export async function removeAccess(
  context: ServerContext,
  spec: AccountSpec,
  user: VendorUser,
): Promise<Outcome<void>> {
  const identity = await context.client.identity(user.id);
  if (identity?.isActive !== true) return done(undefined);
  const superfluous = await groupsLeft(context, spec, identity);
  return superfluous.length === 0
    ? done(undefined)
    : human(groupsTask(context.config, user, { missing: [], superfluous }));
}

export async function removeAccount(
  { client, config }: ServerContext,
  user: VendorUser,
): Promise<Outcome<void>> {
  const identity = await client.identity(user.id);
  return identity?.isActive === true ? human(removeTask(config, user)) : done(undefined);
}

function named(found: readonly Identity[], login: string): Identity | undefined {
  return found.find((one) => loginOf(one).toLowerCase() === login.toLowerCase());
}

function isOurs({ providerDisplayName }: Identity, spec: AccountSpec): boolean {
  const words = providerDisplayName.toLowerCase().split(/[^a-z\d-]+/);
  return words.includes(spec.marker.toLowerCase());
}

function loginOf({ properties }: Identity): string {
  return `${properties?.Domain?.$value ?? ''}\\${properties?.Account?.$value ?? ''}`;
}

function toUser(identity: Identity): VendorUser {
  return { id: identity.id, login: loginOf(identity), url: null };
}
