import { ProductError, hasCode } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import type { BitbucketContext } from './account.ts';
import { createClient, refused } from './client.ts';
import type { BitbucketClient } from './client.ts';

/**
 * Does something as the account. If its sign-in fails, the stored password is put in force again,
 * a CAPTCHA is cleared, and the call repeated once: a refused sign-in has done nothing.
 */
export async function asAccount<T>(
  context: BitbucketContext,
  spec: AccountSpec,
  user: VendorUser,
  call: (client: BitbucketClient) => Promise<T>,
): Promise<T> {
  const { config, deps } = context;
  const login = { username: user.login, password: await storedPassword(spec) };
  const client = createClient(config, deps, login, 'the password');
  try {
    return await call(client);
  } catch (error) {
    if (!hasCode(error, 'unauthenticated')) throw error;
    await setPassword(context, spec, user.login);
    await context.client.clearCaptcha(user.login);
    return call(client);
  }
}

export async function setPassword(
  { client, connectionName }: BitbucketContext,
  spec: AccountSpec,
  username: string,
): Promise<void> {
  try {
    await client.setPassword(username, await storedPassword(spec));
  } catch (error) {
    if (!hasCode(error, 'refused')) throw error;
    throw refused(
      connectionName,
      `${connectionName} refused to set the password of ${username}. Its user directory may be read-only; service accounts need one that Bitbucket may write to.`,
      error,
    );
  }
}

function storedPassword(spec: AccountSpec): Promise<Secret> {
  if (spec.password !== undefined) return spec.password();
  throw new ProductError('internal', {
    subject: spec.login,
    message: 'The password of this account is not at hand.',
  });
}
