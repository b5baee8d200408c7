import { ProductError, hasCode } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { AccountSpec, IssuedCredential, VendorDeps, VendorUser } from '../vendor.ts';
import { tokenScopesOf } from './access-profile.ts';
import type { AccountContext } from './account.ts';
import { openHttp } from './client.ts';
import { z } from 'zod';

const DAY_MS = 24 * 60 * 60_000;

/** Makes one token. Rotating is avoided on purpose: repeating it kills the whole token family. */
export async function mintToken(
  context: AccountContext & { readonly deps: VendorDeps },
  spec: AccountSpec,
  user: VendorUser,
  name: string,
  days: number,
): Promise<IssuedCredential> {
  const { client, connectionName, deps } = context;
  // GitLab ends a token at 00:00 UTC of the date, so this lives at most the days asked for.
  const lastDay = new Date(deps.clock.now().getTime() + days * DAY_MS).toISOString().slice(0, 10);
  const body = {
    name,
    description: `Made for ${spec.marker}`,
    scopes: tokenScopesOf(spec),
    expires_at: lastDay,
  };
  try {
    const made = await client.mint(user.id, body);
    return {
      id: String(made.id),
      secret: made.token,
      expiresAt: endOf(made.expires_at),
    };
  } catch (error) {
    if (!hasCode(error, 'refused')) throw error;
    throw new ProductError('refused', {
      subject: connectionName,
      message: `${connectionName} refused to make a token for ${user.login} that lives until ${lastDay}. Its longest lifetime for tokens may be shorter: choose a shorter rotation period.`,
      cause: error,
    });
  }
}

/** Ends every living token of exactly that name; GitLab's search also finds longer names. */
export async function revokeTokensNamed(
  context: AccountContext,
  user: VendorUser,
  name: string,
): Promise<void> {
  const { client } = context;
  const accounts = await client.listAccounts();
  if (!accounts.some((account) => String(account.id) === user.id)) return;
  for (const token of await client.listTokens(user.id, name)) {
    if (token.name === name && String(token.user_id) === user.id && !token.revoked) {
      await client.revokeToken(user.id, token.id);
    }
  }
}

/** Any token may end itself, whatever its scopes; a dead one is answered with 401. */
export async function revokeToken(
  context: AccountContext & { readonly deps: VendorDeps },
  credential: Secret,
): Promise<void> {
  const http = openHttp(context.config, context.deps, credential);
  await http.send({
    method: 'DELETE',
    path: '/personal_access_tokens/self',
    schema: z.unknown(),
    ok: [204, 401],
  });
}

/** GitLab gives the date on which a token is dead from the first second. */
export function endOf(date: string | null): string | null {
  return date === null ? null : `${date}T00:00:00.000Z`;
}
