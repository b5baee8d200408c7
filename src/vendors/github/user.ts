import { done, human } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { presentLogin } from '../../lib/github-login.ts';
import { removeAccess } from '../../lib/github-roles.ts';
import type { GitHubUser } from '../../lib/github-schema.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import type { GitHubContext } from './context.ts';
import { deleteAccountTask, LOGIN_FIELD, registerTask } from './tasks.ts';

const LOGIN = /^[a-z\d](?:-?[a-z\d]){0,38}$/i;

/**
 * GitHub lets only people register. The person tells us the login, and proves that it is the new
 * account by putting our marker into its public bio: nobody can do that to a colleague's account,
 * and a mistyped login is noticed before anything is granted to it.
 */
export async function ensureUser(
  context: GitHubContext,
  spec: AccountSpec,
  answers: Readonly<Record<string, string>>,
): Promise<Outcome<VendorUser>> {
  const answer = answers[LOGIN_FIELD]?.trim();
  if (answer === undefined || answer === '') return human(registerTask(context, spec, null));
  if (!LOGIN.test(answer)) {
    return human(registerTask(context, spec, `"${answer}" is not a GitHub login.`));
  }
  const user = await context.client.findUser(answer);
  const finding = await refuseUser(context, spec, answer, user);
  return user === undefined || finding !== undefined
    ? human(registerTask(context, spec, finding ?? null))
    : done(asVendorUser(user));
}

async function refuseUser(
  { client, org }: GitHubContext,
  spec: AccountSpec,
  answer: string,
  user: GitHubUser | undefined,
): Promise<string | undefined> {
  if (user === undefined) return `GitHub has no public account "${answer}".`;
  if (user.type !== 'User') return `"${answer}" is not a user account.`;
  if (!isOurs(user, spec)) {
    return `The bio of "${answer}" does not contain ${spec.marker} yet, so it may be somebody else’s account.`;
  }
  if (user.login.toLowerCase() === spec.login.toLowerCase()) return undefined;
  // Under the proposed login it can only be ours. Any other member was here before this request.
  const membership = await client.findMembership(user.login);
  return membership?.state === 'active'
    ? `"${answer}" is already a member of ${org}. Register a new account for this purpose.`
    : undefined;
}

export async function findUser(
  { client }: GitHubContext,
  spec: AccountSpec,
): Promise<VendorUser | undefined> {
  const user = await client.findUser(spec.login);
  return user !== undefined && isOurs(user, spec) ? asVendorUser(user) : undefined;
}

/** A user account with this login; organisations and apps are none. */
export async function findByLogin(
  { client }: GitHubContext,
  login: string,
): Promise<VendorUser | undefined> {
  const user = await client.findUser(login);
  return user?.type === 'User' ? asVendorUser(user) : undefined;
}

export async function removeUser(
  context: GitHubContext,
  spec: AccountSpec,
  user: VendorUser,
): Promise<Outcome<void>> {
  const login = await presentLogin(context, user);
  if (login === undefined) return done(undefined);
  await removeAccess(context, spec, user);
  return human(deleteAccountTask(context, spec, login));
}

function isOurs(user: GitHubUser, spec: AccountSpec): boolean {
  const words = (user.bio ?? '').toLowerCase().split(/[^a-z\d-]+/);
  return words.includes(spec.marker.toLowerCase());
}

function asVendorUser(user: GitHubUser): VendorUser {
  return { id: String(user.id), login: user.login, url: user.html_url };
}
