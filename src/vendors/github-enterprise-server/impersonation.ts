import { hasCode, ProductError } from '../../domain/errors.ts';
import { needLogin } from '../../lib/github-login.ts';
import { classicShape } from '../../lib/github-rights.ts';
import type { AccountSpec, IssuedCredential, VendorUser } from '../vendor.ts';
import { openAccountClient } from './client.ts';
import type { AccountClient, Impersonation } from './client.ts';
import type { ServerContext } from './context.ts';

/** Acts as the account for a moment; nothing of it is left behind. */
export async function asAccount<T>(
  context: ServerContext,
  login: string,
  scopes: readonly string[],
  work: (account: AccountClient) => Promise<T>,
): Promise<T> {
  const { secret } = await freshToken(context, login, scopes);
  const result = await work(openAccountClient(context, secret, context.org)).catch(
    async (error: unknown) => {
      await context.client.stopImpersonating(login).catch(() => undefined);
      throw hasCode(error, 'unauthenticated') ? inEachOthersWay(login) : error;
    },
  );
  await context.client.stopImpersonating(login);
  return result;
}

/** The account's one impersonation token, made anew: only a new one shows its value. */
export async function mintToken(
  context: ServerContext,
  spec: AccountSpec,
  user: VendorUser,
): Promise<IssuedCredential> {
  const login = await needLogin(context, user);
  return freshToken(context, login, classicShape(spec).scopes);
}

async function freshToken(
  { client }: ServerContext,
  login: string,
  scopes: readonly string[],
): Promise<Impersonation> {
  const first = await client.impersonate(login, scopes);
  if (first !== undefined) return first;
  await client.stopImpersonating(login);
  const second = await client.impersonate(login, scopes);
  if (second !== undefined) return second;
  throw inEachOthersWay(login);
}

function inEachOthersWay(login: string): ProductError {
  return new ProductError('conflict', {
    subject: login,
    message: `Something else works with the impersonation token of ${login} at this moment; the app tries again.`,
  });
}
