import { ProductError, hasCode } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import type { BitbucketContext } from './account.ts';
import { createClient } from './client.ts';

/**
 * Ends a living token where the organisation manages the account and it is the only one: Atlassian
 * shows tokens without their values, so among several nobody can tell which one we hold.
 */
export async function revokeToken(
  context: BitbucketContext,
  user: VendorUser,
  credential: Secret,
): Promise<void> {
  if (!(await isAlive(context, user, credential))) return;
  const { organisation, connectionName } = context;
  const [only, ...others] = (await organisation?.tokensOf(user.id)) ?? [];
  if (organisation !== null && only !== undefined && others.length === 0) {
    await organisation.deleteToken(user.id, only.id);
    return;
  }
  throw new ProductError('refused', {
    subject: connectionName,
    message: `The app cannot revoke this API token of ${user.login}. Sign in as that account, open id.atlassian.com, Security, API tokens, and revoke it there; then try again.`,
  });
}

/** The organisation knows when a managed account's token ends; Bitbucket does not say. */
export async function expiryOf(
  { organisation }: BitbucketContext,
  spec: AccountSpec,
  user: VendorUser,
): Promise<string | null> {
  const tokens = (await organisation?.tokensOf(user.id)) ?? [];
  const [only, ...others] = tokens.filter(({ label }) => label.startsWith(spec.marker));
  const end = others.length > 0 ? NaN : Date.parse(only?.expiry ?? '');
  return Number.isNaN(end) ? null : new Date(end).toISOString();
}

/** Dead or alive? Only a clear 401 counts as dead. */
async function isAlive(
  { config, deps }: BitbucketContext,
  user: VendorUser,
  credential: Secret,
): Promise<boolean> {
  const client = createClient(config, deps, { email: user.login, token: credential, ours: false });
  try {
    await client.self();
    return true;
  } catch (error) {
    if (hasCode(error, 'unauthenticated')) return false;
    if (hasCode(error, 'missing-permission')) return true;
    throw error;
  }
}
