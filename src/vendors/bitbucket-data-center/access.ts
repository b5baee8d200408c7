import { ProductError, hasCode } from '../../domain/errors.ts';
import type { ScopeItem } from '../../domain/request.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import { levelOf, permissionIn } from './access-profile.ts';
import type { Level } from './access-profile.ts';
import { knownAccount } from './account.ts';
import type { BitbucketContext } from './account.ts';
import { orUndefined, refused } from './client.ts';
import { placeOf } from './place.ts';

/** A licence, and exactly the profile's permission in each chosen place; more is lowered. */
export async function ensureAccess(
  context: BitbucketContext,
  spec: AccountSpec,
  user: VendorUser,
): Promise<void> {
  await ensureLicence(context, user);
  for (const item of spec.scope) await ensurePermission(context, item, user, levelOf(spec));
}

export async function removeAccess(
  context: BitbucketContext,
  spec: AccountSpec,
  user: VendorUser,
): Promise<void> {
  const { client } = context;
  if ((await knownAccount(context, user)) === undefined) return;
  // As administrator we see every project, so one that is not found is gone.
  for (const item of spec.scope) {
    await orUndefined(client.clearPermission(placeOf(item), user.login));
  }
  await orUndefined(client.clearGlobal(user.login));
}

async function ensureLicence(context: BitbucketContext, user: VendorUser): Promise<void> {
  const { client, connectionName } = context;
  try {
    await client.setGlobal(user.login, 'LICENSED_USER');
  } catch (error) {
    if (!hasCode(error, 'exists')) throw error;
    throw refused(
      connectionName,
      `${user.login} has more rights at ${connectionName} than our own account, so it cannot be lowered. Take its global permissions away, then try again.`,
      error,
    );
  }
}

async function ensurePermission(
  { client, connectionName }: BitbucketContext,
  item: ScopeItem,
  user: VendorUser,
  level: Level,
): Promise<void> {
  const place = placeOf(item);
  try {
    await client.setPermission(place, user.login, permissionIn(place, level));
  } catch (error) {
    if (!hasCode(error, 'not-found')) throw error;
    throw new ProductError('not-found', {
      subject: item.name,
      message: `${connectionName} has no ${item.kind} ${item.name}. Was it renamed, moved or deleted?`,
      cause: error,
    });
  }
}
