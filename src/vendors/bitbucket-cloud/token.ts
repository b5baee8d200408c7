import { ProductError, hasCode } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { VendorUser } from '../vendor.ts';
import type { BitbucketContext } from './account.ts';
import { createClient } from './client.ts';

/** Ends a living token where the organisation manages the account and it is the only one. */
export async function revokeToken(
  context: BitbucketContext,
  user: VendorUser,
  credential: Secret,
): Promise<void> {
  if (!(await isAlive(context, user, credential))) return;
  const { organisation, connectionName } = context;
  if (organisation !== null && (await organisation.revokeOnly(user.id))) return;
  throw new ProductError('refused', {
    subject: connectionName,
    message: `The app cannot revoke this API token of ${user.login}. Sign in as that account, open id.atlassian.com, Security, API tokens, and revoke it there; then try again.`,
  });
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
