import { ProductError, hasCode } from '../../domain/errors.ts';
import type { ScopeItem } from '../../domain/request.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import { levelOf } from './access-profile.ts';
import type { Level } from './access-profile.ts';
import type { BitbucketContext } from './account.ts';
import { orUndefined } from './client.ts';
import { placeOf } from './place.ts';

/** Exactly the profile's permission in each chosen place; more is lowered. */
export async function ensureAccess(
  context: BitbucketContext,
  spec: AccountSpec,
  user: VendorUser,
): Promise<void> {
  for (const item of spec.scope) await ensurePermission(context, item, user, levelOf(spec));
}

export async function removeAccess(
  context: BitbucketContext,
  spec: AccountSpec,
  user: VendorUser,
): Promise<void> {
  let isAnyMissing = false;
  for (const item of spec.scope) {
    try {
      await context.client.clearPermission(placeOf(item), user.id);
    } catch (error) {
      if (!hasCode(error, 'not-found')) throw error;
      isAnyMissing = true;
    }
  }
  if (isAnyMissing) await mustBeGone(context);
}

async function ensurePermission(
  context: BitbucketContext,
  item: ScopeItem,
  user: VendorUser,
  level: Level,
): Promise<void> {
  try {
    await context.client.setPermission(placeOf(item), user.id, level);
  } catch (error) {
    if (hasCode(error, 'not-found')) throw await whatIsMissing(context, item, user, error);
    if (!hasCode(error, 'refused')) throw error;
    throw new ProductError('refused', {
      subject: item.name,
      message: `${context.connectionName} does not change what ${user.login} may do in ${item.name}. It may be an owner of the workspace; take that away, then try again.`,
      cause: error,
    });
  }
}

/** Bitbucket says the same for a place and for a person that it does not find. */
async function whatIsMissing(
  { client, connectionName }: BitbucketContext,
  item: ScopeItem,
  user: VendorUser,
  cause: unknown,
): Promise<ProductError> {
  const isMember = (await client.getMember(user.id)) !== undefined;
  return new ProductError('not-found', {
    subject: item.name,
    message: isMember
      ? `${connectionName} has no ${item.kind} ${item.name} that our own account can see. Was it moved or deleted?`
      : `${user.login} is no longer a member of the workspace at ${connectionName}. Invite it again, then try again.`,
    cause,
  });
}

/** A workspace administrator sees everything, so only for one "not found" means gone. */
async function mustBeGone({ client, connectionName }: BitbucketContext): Promise<void> {
  if ((await orUndefined(client.administers())) === true) return;
  throw new ProductError('missing-permission', {
    subject: connectionName,
    message: `Our own account at ${connectionName} no longer administers the workspace. Make it an administrator again.`,
  });
}
