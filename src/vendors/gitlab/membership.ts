import { ProductError, hasCode } from '../../domain/errors.ts';
import type { ScopeItem } from '../../domain/request.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import { LEVELS, roleName, roleOf } from './access-profile.ts';
import type { AccountContext } from './account.ts';
import type { Place } from './client.ts';

/** Gives exactly the profile's role in each chosen place; a higher direct role is lowered. */
export async function ensureMemberships(
  context: AccountContext,
  spec: AccountSpec,
  user: VendorUser,
): Promise<void> {
  for (const item of spec.scope) {
    await ensureMembership(context, item, user, LEVELS[roleOf(spec)]);
  }
}

export async function removeMemberships(
  context: AccountContext,
  spec: AccountSpec,
  user: VendorUser,
): Promise<void> {
  for (const item of spec.scope) {
    const place = placeOf(item);
    if (!(await stillThere(context, place))) continue;
    await context.client.removeMember(place, user.id);
  }
}

/** `group:42` as chosen in the modal → the place it names. */
export function placeOf(item: ScopeItem): Place {
  const match = /^(group|project):(\d+)$/.exec(item.id);
  if (match === null) {
    throw new ProductError('invalid-input', {
      subject: item.name,
      message: `${item.name} is not a GitLab group or project. Choose it again from the list.`,
    });
  }
  return { kind: match[1] === 'group' ? 'group' : 'project', id: Number(match[2]) };
}

async function ensureMembership(
  context: AccountContext,
  item: ScopeItem,
  user: VendorUser,
  level: number,
): Promise<void> {
  const { client } = context;
  const place = placeOf(item);
  let member = await client.directMember(place, user.id);
  if (member === undefined) {
    await mustSee(context, item, place);
    const added = await client.addMember(place, user.id, level);
    if (added.status === 201) return;
    if (added.status === 400) throw inherits(context, item, user, level);
    member = await client.directMember(place, user.id);
  }
  if (member?.access_level === level) return;
  const changed = await client.changeMember(place, user.id, level);
  if (changed.status === 400) throw inherits(context, item, user, level);
}

/** A missing member and an invisible place are both a 404; only the place itself tells. */
async function mustSee(context: AccountContext, item: ScopeItem, place: Place): Promise<void> {
  try {
    await context.client.see(place);
  } catch (error) {
    if (!hasCode(error, 'not-found')) throw error;
    throw new ProductError('not-found', {
      subject: item.name,
      message: `${context.connectionName} has no ${place.kind} ${item.name} that our own token can see. Was it renamed, moved or deleted?`,
      cause: error,
    });
  }
}

/**
 * False only when the place is gone for certain: as administrator, or as Owner of the group above,
 * we would see it if it were there.
 */
async function stillThere(context: AccountContext, place: Place): Promise<boolean> {
  try {
    await context.client.see(place);
    return true;
  } catch (error) {
    if (!hasCode(error, 'not-found')) throw error;
    if (context.config.ownership === 'group') await context.client.ownGroup();
    return false;
  }
}

function inherits(
  context: AccountContext,
  item: ScopeItem,
  user: VendorUser,
  level: number,
): ProductError {
  return new ProductError('refused', {
    subject: context.connectionName,
    message: `${user.login} cannot be ${roleName(level)} in ${item.name}, because it has a higher role in a group above. Remove it from that group, then try again.`,
  });
}
