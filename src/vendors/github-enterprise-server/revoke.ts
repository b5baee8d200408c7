import { createHash } from 'node:crypto';

import { hasCode, ProductError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import { openClientAs } from '../../lib/github-client.ts';
import { presentLogin } from '../../lib/github-login.ts';
import type { VendorUser } from '../vendor.ts';
import type { ServerContext } from './context.ts';
import type { ListedToken } from './schema.ts';

/**
 * Only a living token is revoked. A dead one may be the forerunner of the account's present
 * impersonation token, and ending "the" token of the account would then end the wrong one.
 */
export async function revokeToken(
  context: ServerContext,
  user: VendorUser,
  credential: Secret,
): Promise<void> {
  if ((await stateOf(context, credential)) === 'dead') return;
  if (context.config.token === 'impersonation') await revokeImpersonation(context, user);
  else await revokePersonalToken(context, user, credential);
  if ((await stateOf(context, credential)) !== 'alive') return;
  throw new ProductError('refused', {
    subject: user.login,
    message: `The token of ${user.login} still works. Sign in to ${context.name} as ${user.login}, open Settings > Developer settings > Personal access tokens > Tokens (classic) and delete it there.`,
  });
}

/** There is one for each account, whatever name it goes by in our records. */
export async function revokeImpersonation(context: ServerContext, user: VendorUser): Promise<void> {
  const login = await presentLogin(context, user);
  if (login !== undefined) await context.client.stopImpersonating(login);
}

async function revokePersonalToken(
  { client }: ServerContext,
  user: VendorUser,
  credential: Secret,
): Promise<void> {
  const tokens = await client.personalTokens();
  const hits = tokens.filter((token) => isToken(token, user, credential));
  for (const token of hits) await client.deletePersonalToken(token.id);
}

/** The account's own, with the same end; the hash decides where we know how it was made. */
function isToken(token: ListedToken, user: VendorUser, credential: Secret): boolean {
  const value = credential.reveal();
  const digest = createHash('sha256').update(value).digest();
  const hashes = [digest.toString('hex'), digest.toString('base64')];
  if (hashes.includes(token.hashed_token ?? '')) return true;
  return token.token_last_eight === value.slice(-8) && String(token.user?.id) === user.id;
}

type TokenState = 'alive' | 'blocked' | 'dead';

async function stateOf(context: ServerContext, credential: Secret): Promise<TokenState> {
  try {
    await openClientAs(context, credential, context.org).whoami();
    return 'alive';
  } catch (error) {
    if (hasCode(error, 'unauthenticated')) return 'dead';
    // The server knows the token and refuses its owner, who is suspended.
    if (hasCode(error, 'missing-permission')) return 'blocked';
    throw error;
  }
}
