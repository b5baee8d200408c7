import { hasCode } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { AccountSpec, IssuedCredential, VendorUser } from '../vendor.ts';
import { knownAccount } from './account.ts';
import type { JiraContext } from './account.ts';
import { createClient, refused } from './client.ts';
import { asAccount } from './password.ts';
import type { JiraToken } from './schema.ts';

/** Makes one token as the account itself: Jira lets nobody make a token for somebody else. */
export async function mintToken(
  context: JiraContext,
  spec: AccountSpec,
  user: VendorUser,
  name: string,
  days: number,
): Promise<IssuedCredential> {
  const { connectionName } = context;
  try {
    const made = await asAccount(context, spec, user, (as) => as.createToken(name, days));
    const expiresAt = made.expiringAt?.toISOString() ?? null;
    return { id: made.id, secret: made.rawToken, expiresAt };
  } catch (error) {
    if (!hasCode(error, 'refused')) throw error;
    throw refused(
      connectionName,
      `${connectionName} refused to make a token for ${user.login} that lives ${days} days. Its longest lifetime for tokens may be shorter, or the account may have as many tokens as Jira allows.`,
      error,
    );
  }
}

/** Deletes every token of exactly that name, as the account itself. */
export async function revokeTokensNamed(
  context: JiraContext,
  spec: AccountSpec,
  user: VendorUser,
  name: string,
): Promise<void> {
  const account = await knownAccount(context, user);
  if (account?.active !== true) return;
  await asAccount(context, spec, user, async (as) => {
    for (const token of await as.ownTokens()) {
      if (token.name === name) await as.deleteToken(token.id);
    }
  });
}

/**
 * Lets a token end itself. Jira does not tell which listed token one holds, so it must be the only
 * living one; otherwise a person decides.
 */
export async function revokeToken(
  context: JiraContext,
  user: VendorUser,
  credential: Secret,
): Promise<void> {
  const { config, deps, connectionName } = context;
  const client = createClient(config, deps, { token: credential }, 'the token');
  try {
    const [only, ...others] = livingTokens(await client.ownTokens(), deps.clock.now());
    if (only !== undefined && others.length === 0) {
      await client.deleteToken(only.id);
      return;
    }
  } catch (error) {
    if (hasCode(error, 'unauthenticated')) return;
    if (!hasCode(error, 'missing-permission', 'not-found')) throw error;
  }
  throw refused(
    connectionName,
    `Jira does not let us tell which token of ${user.login} this is. A Jira administrator revokes it: Administration, System, Administering personal access tokens, filter by ${user.login}. Then try again.`,
  );
}

export function livingTokens(tokens: readonly JiraToken[], now: Date): JiraToken[] {
  return tokens.filter(({ expiringAt }) => expiringAt == null || expiringAt > now);
}
