import type { Secret } from '../../domain/secret.ts';
import * as kept from '../../lib/account-password.ts';
import type { PasswordPlace } from '../../lib/account-password.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import type { BitbucketContext } from './account.ts';
import { createClient } from './client.ts';
import type { BitbucketClient } from './client.ts';

/** Does something as the account, with the password that is in the store. */
export function asAccount<T>(
  context: BitbucketContext,
  spec: AccountSpec,
  user: VendorUser,
  call: (client: BitbucketClient) => Promise<T>,
): Promise<T> {
  return kept.asAccount(placeOf(context), spec, user.login, call);
}

export function setPassword(
  context: BitbucketContext,
  spec: AccountSpec,
  username: string,
): Promise<void> {
  return kept.setPassword(placeOf(context), spec, username);
}

function placeOf({
  client,
  config,
  deps,
  connectionName,
}: BitbucketContext): PasswordPlace<BitbucketClient> {
  return {
    connectionName,
    product: 'Bitbucket',
    setPassword: (username, password) => client.setPassword(username, password),
    unblock: (username) => client.clearCaptcha(username),
    signIn: (username: string, password: Secret) =>
      createClient(config, deps, { username, password }, 'the password'),
  };
}
