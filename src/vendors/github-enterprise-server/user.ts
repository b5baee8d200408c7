import { hasCode, isAmbiguous, ProductError } from '../../domain/errors.ts';
import { done, human } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { removeAccess } from '../../lib/github-roles.ts';
import type { GitHubUser } from '../../lib/github-schema.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import type { ServerContext } from './context.ts';
import { asVendorUser, isSuspended, mark, ownershipOf } from './ownership.ts';
import { directoryTask, leaveDirectoryTask, LOGIN_FIELD } from './tasks.ts';

/** Finds the account by its login, or makes it; then it carries our mark. */
export function ensureUser(
  context: ServerContext,
  spec: AccountSpec,
  answers: Readonly<Record<string, string>>,
): Promise<Outcome<VendorUser>> {
  return context.turns(spec.marker, () =>
    context.config.external_auth
      ? ensureDirectoryUser(context, spec, answers)
      : ensureOwnUser(context, spec),
  );
}

async function ensureOwnUser(
  context: ServerContext,
  spec: AccountSpec,
): Promise<Outcome<VendorUser>> {
  const user =
    (await context.client.findUser(normalised(spec.login))) ?? (await create(context, spec));
  const claimed = await claim(context, spec, user);
  if (claimed !== undefined) return done(claimed);
  throw new ProductError('name-taken', {
    subject: context.name,
    message: `At ${context.name} the username ${user.login} belongs to somebody else. Choose another address for this service account.`,
  });
}

async function create(context: ServerContext, spec: AccountSpec): Promise<GitHubUser> {
  const login = normalised(spec.login);
  try {
    const made = await context.client.createUser(login, spec.address);
    return await needUser(context, made.login);
  } catch (error) {
    // 422 says "login taken", "address taken" and perhaps "no seat left" alike.
    if (!isAmbiguous(error) && !hasCode(error, 'refused', 'exists')) throw error;
    const there = await context.client.findUser(login);
    if (there !== undefined) return there;
    if (isAmbiguous(error)) throw error;
    if (!(await context.client.hasFreeSeat())) throw noSeat(context, login);
    throw new ProductError('name-taken', {
      subject: context.name,
      message: `${context.name} refused to make ${login}: most likely ${spec.address} belongs to another account there. Choose another address, or free this one.`,
      cause: error,
    });
  }
}

function noSeat({ name }: ServerContext, login: string): ProductError {
  return new ProductError('limit-reached', {
    subject: name,
    message: `${name} refused to make ${login}: its licence has no free seat. Suspend somebody who no longer needs theirs, or buy more; then try again.`,
  });
}

async function needUser(context: ServerContext, login: string): Promise<GitHubUser> {
  const user = await context.client.findUser(login);
  if (user !== undefined) return user;
  throw new ProductError('unexpected-answer', {
    subject: context.name,
    message: `${context.name} made ${login} but does not show it yet.`,
  });
}

/** Our account with its mark on it; undefined when it is somebody else's. */
async function claim(
  context: ServerContext,
  spec: AccountSpec,
  user: GitHubUser,
): Promise<VendorUser | undefined> {
  const ownership = await ownershipOf(context, spec, user);
  if (ownership === 'not-ours') return undefined;
  if (isSuspended(user)) {
    throw new ProductError('refused', {
      subject: context.name,
      message: `${user.login} is suspended at ${context.name}. A site administrator can unsuspend it; then retry.`,
    });
  }
  if (ownership === 'unmarked') await mark(context, spec, user);
  return asVendorUser(user);
}

/** Only the directory's own administrators can put somebody into it; we see it by the sign-in. */
async function ensureDirectoryUser(
  context: ServerContext,
  spec: AccountSpec,
  answers: Readonly<Record<string, string>>,
): Promise<Outcome<VendorUser>> {
  const answer = answers[LOGIN_FIELD]?.trim() ?? '';
  const login = normalised(answer === '' ? spec.login : answer);
  const user = login === '' ? undefined : await context.client.findUser(login);
  if (user === undefined) {
    return human(directoryTask(context, spec, `${context.name} does not know ${login} yet.`));
  }
  const claimed = await claim(context, spec, user);
  if (claimed !== undefined) return done(claimed);
  const finding = `${login} does not have the address ${spec.address}, so it may be somebody else’s account.`;
  return human(directoryTask(context, spec, finding));
}

export async function findUser(
  context: ServerContext,
  spec: AccountSpec,
): Promise<VendorUser | undefined> {
  const user = await context.client.findUser(normalised(spec.login));
  if (user === undefined || isSuspended(user)) return undefined;
  const ownership = await context.turns(spec.marker, () => ownershipOf(context, spec, user));
  return ownership === 'not-ours' ? undefined : asVendorUser(user);
}

/** A living user account with this login, whoever made it. */
export async function findByLogin(
  { client }: ServerContext,
  login: string,
): Promise<VendorUser | undefined> {
  const user = await client.findUser(login);
  return user?.type === 'User' && !isSuspended(user) ? asVendorUser(user) : undefined;
}

/** Suspends: deleting would also delete what the account made. */
export async function removeUser(
  context: ServerContext,
  spec: AccountSpec,
  user: VendorUser,
): Promise<Outcome<void>> {
  const present = await context.client.findUserById(user.id);
  if (present === undefined || isSuspended(present)) return done(undefined);
  await removeAccess(context, spec, user);
  await context.client.stopImpersonating(present.login);
  try {
    await context.client.suspend(present.login, `Service account ${spec.marker} is closed.`);
    return done(undefined);
  } catch (error) {
    // Where the server follows an Active Directory, only that may suspend.
    if (!context.config.external_auth || !hasCode(error, 'missing-permission')) throw error;
    return human(leaveDirectoryTask(context, spec, present.login));
  }
}

/** As the server makes usernames of what it is given. */
function normalised(login: string): string {
  return login
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}
