import { ProductError, hasCode } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';

/** An account whose password we keep in the store. */
export interface PasswordHolder {
  readonly login: string;
  readonly password?: () => Promise<Secret>;
}

/** A server of our customer's own, where our administrator sets passwords. */
export interface PasswordPlace<Client> {
  readonly connectionName: string;
  /** "Jira" */
  readonly product: string;
  setPassword(username: string, password: Secret): Promise<unknown>;
  /** Ends what keeps the account out besides a wrong password, where that can be ended. */
  unblock?(username: string): Promise<unknown>;
  signIn(username: string, password: Secret): Client;
}

/**
 * Does something as the account. If its sign-in fails, the stored password is put in force again
 * and the call repeated once: a refused sign-in has done nothing.
 */
export async function asAccount<Client, T>(
  place: PasswordPlace<Client>,
  holder: PasswordHolder,
  username: string,
  call: (client: Client) => Promise<T>,
): Promise<T> {
  const client = place.signIn(username, await storedPassword(holder));
  try {
    return await call(client);
  } catch (error) {
    if (!hasCode(error, 'unauthenticated')) throw error;
    await setPassword(place, holder, username);
    await place.unblock?.(username);
    return call(client);
  }
}

export async function setPassword(
  place: Omit<PasswordPlace<unknown>, 'signIn'>,
  holder: PasswordHolder,
  username: string,
): Promise<void> {
  try {
    await place.setPassword(username, await storedPassword(holder));
  } catch (error) {
    if (!hasCode(error, 'refused')) throw error;
    throw new ProductError('refused', {
      subject: place.connectionName,
      message: `${place.connectionName} refused to set the password of ${username}. Its user directory may be read-only; service accounts need one that ${place.product} may write to.`,
      cause: error,
    });
  }
}

export function storedPassword(holder: PasswordHolder): Promise<Secret> {
  if (holder.password !== undefined) return holder.password();
  throw new ProductError('internal', {
    subject: holder.login,
    message: 'The password of this account is not at hand.',
  });
}
