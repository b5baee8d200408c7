import { ProductError, hasCode } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import type { JiraContext } from './account.ts';
import { createClient, refused } from './client.ts';
import type { JiraClient } from './client.ts';

/**
 * Does something as the account. If somebody changed its password, the stored one is put in force
 * again and the call repeated once: a refused sign-in has done nothing.
 */
export async function asAccount<T>(
  context: JiraContext,
  spec: AccountSpec,
  user: VendorUser,
  call: (client: JiraClient) => Promise<T>,
): Promise<T> {
  const { config, deps } = context;
  const login = { username: user.login, password: await storedPassword(spec) };
  const client = createClient(config, deps, login, 'the password');
  try {
    return await call(client);
  } catch (error) {
    if (!hasCode(error, 'unauthenticated')) throw error;
    await setPassword(context, spec, user.login);
    return call(client);
  }
}

export async function setPassword(
  { client, connectionName }: JiraContext,
  spec: AccountSpec,
  username: string,
): Promise<void> {
  try {
    await client.setPassword(username, await storedPassword(spec));
  } catch (error) {
    if (!hasCode(error, 'refused')) throw error;
    throw refused(
      connectionName,
      `${connectionName} refused to set the password of ${username}. Its user directory may be read-only; service accounts need one that Jira may write to.`,
      error,
    );
  }
}

export function storedPassword(spec: AccountSpec): Promise<Secret> {
  if (spec.password !== undefined) return spec.password();
  throw new ProductError('internal', {
    subject: spec.login,
    message: 'The password of this account is not at hand.',
  });
}
