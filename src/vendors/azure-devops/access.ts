import { ProductError } from '../../domain/errors.ts';
import type { ScopeItem } from '../../domain/request.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import { PROJECT_GROUPS, isAdministrator, projectGroup } from './access-profile.ts';
import type { AzureContext } from './context.ts';
import { administratorsOf, groupsOfProject } from './groups.ts';
import type { ProjectGroups } from './groups.ts';

/** Puts the account into its groups first, and then takes it out of those above them. */
export async function ensureAccess(
  context: AzureContext,
  spec: AccountSpec,
  user: VendorUser,
): Promise<void> {
  const { client, connectionName } = context;
  const subject = (await client.entitlement(user.id))?.user.descriptor;
  if (subject === undefined) {
    throw new ProductError('not-found', {
      subject: user.login,
      message: `${user.login} is no longer in ${connectionName}. Undo this request and make a new one.`,
    });
  }
  const { wanted, others } = await groupsFor(context, spec);
  const has = new Set(await client.groupsOf(subject));
  for (const group of wanted) if (!has.has(group)) await client.join(subject, group);
  for (const group of others) if (has.has(group)) await client.leave(subject, group);
}

export async function removeAccess(
  context: AzureContext,
  spec: AccountSpec,
  user: VendorUser,
): Promise<void> {
  const { client } = context;
  const subject = (await client.entitlement(user.id))?.user.descriptor;
  if (subject === undefined) return;
  const ours = new Set([await administratorsOf(context)]);
  for (const item of spec.scope) {
    const groups = await groupsOfProject(context, item);
    for (const name of PROJECT_GROUPS) ours.add(groups?.get(name) ?? '');
  }
  for (const group of await client.groupsOf(subject)) {
    if (ours.has(group)) await client.leave(subject, group);
  }
}

/** The groups to be in, and those to leave, in the chosen projects and the organisation. */
async function groupsFor(
  context: AzureContext,
  spec: AccountSpec,
): Promise<{ wanted: Set<string>; others: Set<string> }> {
  const wanted = new Set<string>();
  const others = new Set<string>();
  for (const item of spec.scope) {
    const groups = await groupsOfProject(context, item);
    const mine = groupOf(context, spec, item, groups);
    wanted.add(mine);
    for (const group of groups?.values() ?? []) if (group !== mine) others.add(group);
  }
  (isAdministrator(spec) ? wanted : others).add(await administratorsOf(context));
  return { wanted, others };
}

function groupOf(
  { connectionName }: AzureContext,
  spec: AccountSpec,
  item: ScopeItem,
  groups: ProjectGroups | undefined,
): string {
  const name = projectGroup(spec);
  const group = groups?.get(name);
  if (group !== undefined) return group;
  throw new ProductError('not-found', {
    subject: item.name,
    message:
      groups === undefined
        ? `${connectionName} has no project ${item.name}. Was it deleted?`
        : `The project ${item.name} has no group "${name}". Restore it under Project settings, Permissions.`,
  });
}
