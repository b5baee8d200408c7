import { createHash } from 'node:crypto';

import { ProductError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { VendorUser } from '../vendor.ts';
import { createAccountClient } from './client.ts';
import type { AzureContext } from './context.ts';
import { holderOf, isHolder } from './holder.ts';
import type { AzureToken } from './schema.ts';

/** Tokens that still work, as Azure DevOps lists them for administrators. */
export async function livingTokens(
  { client, deps }: AzureContext,
  subject: string,
): Promise<AzureToken[]> {
  const now = deps.clock.now().toISOString();
  const tokens = await client.tokensOf(subject);
  return tokens.filter((token) => token.isValid && instantOf(token.validTo) > now);
}

/** The entry of the token that we hold, where Azure DevOps says enough to know. */
export function entryOf(tokens: readonly AzureToken[], value: Secret): AzureToken | undefined {
  const mark = correlatingId(value);
  return tokens.find((token) => token.crossCompanyCorrelatingId === mark);
}

/** Dates come without a zone and mean UTC. */
export function instantOf(text: string): string {
  const zoned = /(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`;
  return new Date(zoned).toISOString();
}

export async function revokeToken(
  context: AzureContext,
  user: VendorUser,
  credential: Secret,
): Promise<void> {
  const { client, config, deps, connectionName } = context;
  const descriptor = (await client.entitlement(user.id))?.user.descriptor;
  if (descriptor === undefined) return;
  const self = await holderOf(context, createAccountClient(config, deps, credential));
  if (self === undefined) return;
  const tokens = await livingTokens(context, descriptor);
  // Never one of several by guess: after a rotation the other one is the token that Flow uses.
  const only = tokens.length === 1 && isHolder(self, { id: user.id, descriptor });
  const entry = entryOf(tokens, credential) ?? (only ? tokens[0] : undefined);
  if (entry !== undefined) {
    await client.revokeToken(entry.authorizationId);
    return;
  }
  throw new ProductError('refused', {
    subject: connectionName,
    message: `${connectionName} does not say which of the ${tokens.length} tokens of ${user.login} is meant. Sign in as that account, open ${config.organization}, User settings, Personal access tokens, and revoke the older one; then try again.`,
  });
}

/** Microsoft's one-way mark of a credential (C3ID): the start of a hash of its hash. */
export function correlatingId(value: Secret): string {
  const inner = createHash('sha256').update(value.reveal()).digest('hex').toUpperCase();
  const outer = createHash('sha256').update(`CrossMicrosoftCorrelatingId:${inner}`).digest();
  return outer.subarray(0, 15).toString('base64');
}
