import type { GitHubUser } from '../../lib/github-schema.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import type { ServerContext } from './context.ts';
import { asAccount } from './impersonation.ts';

/** "marked": carries our mark; "unmarked": has the order's address, so it is ours; else not. */
export type Ownership = 'marked' | 'unmarked' | 'not-ours';

/**
 * The server keeps no note on a user, so the mark goes into the bio. Before it is there, only the
 * address tells: it is unique on the server, and the request has proven it to be its own.
 */
export async function ownershipOf(
  context: ServerContext,
  spec: AccountSpec,
  user: GitHubUser,
): Promise<Ownership> {
  if (isMarked(user, spec)) return 'marked';
  if (user.type !== 'User' || user.site_admin === true || isSuspended(user)) return 'not-ours';
  const emails = await asAccount(context, user.login, ['user:email'], (account) =>
    account.emails(),
  );
  const wanted = spec.address.toLowerCase();
  return emails.some((email) => email.toLowerCase() === wanted) ? 'unmarked' : 'not-ours';
}

export async function mark(
  context: ServerContext,
  spec: AccountSpec,
  user: GitHubUser,
): Promise<void> {
  // A directory may keep the name to itself; the bio is always the server's.
  const name = context.config.external_auth ? {} : { name: spec.displayName };
  await asAccount(context, user.login, ['user'], (account) =>
    account.describe({ ...name, bio: spec.marker }),
  );
}

export function isSuspended(user: GitHubUser): boolean {
  return (user.suspended_at ?? null) !== null;
}

export function asVendorUser(user: GitHubUser): VendorUser {
  return { id: String(user.id), login: user.login, url: user.html_url };
}

function isMarked(user: GitHubUser, spec: AccountSpec): boolean {
  const words = (user.bio ?? '').toLowerCase().split(/[^a-z\d-]+/);
  return words.includes(spec.marker.toLowerCase());
}
