import type { Secret } from '../../domain/secret.ts';
import * as kept from '../../lib/account-password.ts';
import type { PasswordPlace } from '../../lib/account-password.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import type { JiraContext } from './account.ts';
import { createClient } from './client.ts';
import type { JiraClient } from './client.ts';

/** Does something as the account, with the password that is in the store. */
export function asAccount<T>(
  context: JiraContext,
  spec: AccountSpec,
  user: VendorUser,
  call: (client: JiraClient) => Promise<T>,
): Promise<T> {
  return kept.asAccount(placeOf(context), spec, user.login, call);
}

export function setPassword(
  context: JiraContext,
  spec: AccountSpec,
  username: string,
): Promise<void> {
  return kept.setPassword(placeOf(context), spec, username);
}

function placeOf({ client, config, deps, connectionName }: JiraContext): PasswordPlace<JiraClient> {
  return {
    connectionName,
    product: 'Jira',
    setPassword: (username, password) => client.setPassword(username, password),
    signIn: (username: string, password: Secret) =>
      createClient(config, deps, { username, password }, 'the password'),
  };
}
