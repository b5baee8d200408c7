import { hasCode } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { AccountSpec, IssuedCredential, VendorUser } from '../vendor.ts';
import { tokenPermissionsOf } from './access-profile.ts';
import { knownAccount } from './account.ts';
import type { BitbucketContext } from './account.ts';
import { createClient, refused } from './client.ts';
import { asAccount } from './password.ts';
import type { BitbucketToken } from './schema.ts';

const DAY_MS = 24 * 60 * 60_000;

/** Makes one token as the account itself: administrators cannot make tokens for others. */
export async function mintToken(
  context: BitbucketContext,
  spec: AccountSpec,
  user: VendorUser,
  name: string,
  days: number,
): Promise<IssuedCredential> {
  const { connectionName } = context;
  const account = await knownAccount(context, user);
  if (account === undefined) {
    throw refused(connectionName, `${connectionName} no longer has the account ${user.login}.`);
  }
  const body = { name, permissions: tokenPermissionsOf(spec), expiryDays: days };
  try {
    const made = await asAccount(context, spec, user, (as) => as.createToken(account.slug, body));
    return { id: made.id, secret: made.token, expiresAt: endOf(made)?.toISOString() ?? null };
  } catch (error) {
    if (!hasCode(error, 'refused')) throw error;
    throw refused(
      connectionName,
      `${connectionName} refused to make a token for ${user.login} that lives ${days} days. Its longest lifetime for tokens may be shorter, or the account may have as many tokens as Bitbucket allows.`,
      error,
    );
  }
}

/** Ends every token of exactly that name. */
export async function revokeTokensNamed(
  context: BitbucketContext,
  user: VendorUser,
  name: string,
): Promise<void> {
  const { client } = context;
  const account = await knownAccount(context, user);
  if (account === undefined) return;
  for (const token of await client.tokensOf(account.slug)) {
    if (token.name === name) await client.deleteToken(account.slug, token.id);
  }
}

/** Ends a token in hand; when it cannot be told which one that is, it must be the only one. */
export async function revokeToken(
  context: BitbucketContext,
  user: VendorUser,
  credential: Secret,
): Promise<void> {
  const { client, connectionName } = context;
  const account = await knownAccount(context, user);
  if (account === undefined) return;
  const candidates = candidatesFor(await livingTokens(context, account.slug), credential);
  if (!(await isAlive(context, credential))) return;
  const [only, ...others] = candidates;
  if (only === undefined || others.length > 0) {
    throw refused(
      connectionName,
      `We cannot tell which token of ${user.login} this is. A Bitbucket administrator revokes it: Administration, Users, ${user.login}, HTTP access tokens. Then try again.`,
    );
  }
  await client.deleteToken(account.slug, only.id);
}

export async function livingTokens(
  { client, deps }: BitbucketContext,
  slug: string,
): Promise<BitbucketToken[]> {
  const tokens = await client.tokensOf(slug);
  const now = deps.clock.now();
  return tokens.filter((token) => {
    const end = endOf(token);
    return end === undefined || end > now;
  });
}

/**
 * The listed token that this value is, or else all of them. A value begins with its token's id;
 * Bitbucket shows that in its examples and promises it nowhere, so it only narrows the choice.
 */
export function candidatesFor(
  tokens: readonly BitbucketToken[],
  credential: Secret,
): readonly BitbucketToken[] {
  const [id] = Buffer.from(credential.reveal(), 'base64').toString('latin1').split(':');
  const itself = tokens.filter((token) => token.id === id);
  return itself.length === 1 ? itself : tokens;
}

export function endOf({ createdDate, expiryDays }: BitbucketToken): Date | undefined {
  return expiryDays == null ? undefined : new Date(createdDate.getTime() + expiryDays * DAY_MS);
}

/** Only a clear refusal, or a sign-in as nobody, counts as dead. */
async function isAlive({ config, deps }: BitbucketContext, credential: Secret): Promise<boolean> {
  const client = createClient(config, deps, { token: credential }, 'the token');
  try {
    return (await client.whoami()) !== undefined;
  } catch (error) {
    if (hasCode(error, 'unauthenticated')) return false;
    throw error;
  }
}
