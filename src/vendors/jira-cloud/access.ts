import { ProductError, hasCode } from '../../domain/errors.ts';
import type { Access, ScopeItem } from '../../domain/request.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import type { JiraContext } from './account.ts';
import { orUndefined } from './client.ts';

/** Product groups and project roles of the chosen access; those of the other access are taken away. */
export async function ensureAccess(
  context: JiraContext,
  spec: AccountSpec,
  user: VendorUser,
): Promise<void> {
  await ensureGroups(context, spec.access, user);
  for (const item of spec.scope) await ensureRole(context, spec.access, item, user);
}

export async function removeAccess(
  context: JiraContext,
  spec: AccountSpec,
  user: VendorUser,
): Promise<void> {
  const { client, config } = context;
  if ((await orUndefined(client.getUser(user.id))) === undefined) return;
  for (const item of spec.scope) await removeRoles(context, item, user);
  const wanted = new Set([...config.groups.contributor, ...config.groups.owner]);
  await leaveGroups(context, user, (name) => wanted.has(name));
}

/** `project:10001` as chosen in the modal → Jira's id. */
export function projectIdOf(item: ScopeItem): string {
  const id = /^project:(\d+)$/.exec(item.id)?.[1];
  if (id !== undefined) return id;
  throw new ProductError('invalid-input', {
    subject: item.name,
    message: `${item.name} is not a Jira project. Choose it again from the list.`,
  });
}

async function ensureGroups(context: JiraContext, access: Access, user: VendorUser): Promise<void> {
  const { client, config } = context;
  const wanted = config.groups[access];
  const others = [...config.groups.contributor, ...config.groups.owner].filter(
    (name) => !wanted.includes(name),
  );
  const has = new Set((await client.groupsOf(user.id)).map((group) => group.name));
  for (const name of wanted.filter((group) => !has.has(group))) {
    await joinGroup(context, name, user);
  }
  await leaveGroups(context, user, (name) => others.includes(name));
}

async function joinGroup(context: JiraContext, name: string, user: VendorUser): Promise<void> {
  const { client, connectionName } = context;
  const id = await client.groupId(name);
  if (id === undefined) {
    throw new ProductError('invalid-config', {
      subject: connectionName,
      message: `${connectionName} has no group ${name}. Correct "groups" of this connection in the configuration.`,
    });
  }
  try {
    await client.addToGroup(id, user.id);
  } catch (error) {
    // The answer for somebody who is in the group already is not documented, so we look.
    if (!hasCode(error, 'refused', 'exists')) throw error;
    const has = await client.groupsOf(user.id);
    if (has.some((group) => group.name === name)) return;
    throw new ProductError('limit-reached', {
      subject: connectionName,
      message: `${connectionName} does not put ${user.login} into the group ${name}. There may be no free Jira licence left.`,
      cause: error,
    });
  }
}

async function leaveGroups(
  { client }: JiraContext,
  user: VendorUser,
  isToLeave: (name: string) => boolean,
): Promise<void> {
  for (const group of await client.groupsOf(user.id)) {
    if (!isToLeave(group.name)) continue;
    const id = group.groupId ?? (await client.groupId(group.name));
    if (typeof id === 'string') await orUndefined(client.removeFromGroup(id, user.id));
  }
}

async function ensureRole(
  context: JiraContext,
  access: Access,
  item: ScopeItem,
  user: VendorUser,
): Promise<void> {
  const { client, config, connectionName } = context;
  const project = projectIdOf(item);
  const roles = await orUndefined(client.rolesOf(project));
  const name = config.project_roles[access];
  const role = roles?.get(name);
  if (roles === undefined || role === undefined) {
    throw new ProductError('not-found', {
      subject: item.name,
      message:
        roles === undefined
          ? `${connectionName} has no project ${item.name} that our own account can see. Was it moved or deleted?`
          : `The project ${item.name} has no role ${name}. Add the role there, or correct "project_roles" of this connection.`,
    });
  }
  if (!(await client.hasRole(project, role, user.id)))
    await addToRole(context, project, role, user);
  const other = access === 'owner' ? 'contributor' : 'owner';
  const lower = roles.get(config.project_roles[other]);
  if (lower === undefined || lower === role) return;
  if (await client.hasRole(project, lower, user.id)) {
    await orUndefined(client.removeFromRole(project, lower, user.id));
  }
}

async function addToRole(
  { client }: JiraContext,
  project: string,
  role: number,
  user: VendorUser,
): Promise<void> {
  try {
    await client.addToRole(project, role, user.id);
  } catch (error) {
    if (!hasCode(error, 'refused', 'exists')) throw error;
    if (!(await client.hasRole(project, role, user.id))) throw error;
  }
}

async function removeRoles(context: JiraContext, item: ScopeItem, user: VendorUser): Promise<void> {
  const { client, config } = context;
  const project = projectIdOf(item);
  const roles = await orUndefined(client.rolesOf(project));
  if (roles === undefined) {
    await mustBeGone(context, item);
    return;
  }
  for (const name of new Set(Object.values(config.project_roles))) {
    const role = roles.get(name);
    if (role !== undefined && (await client.hasRole(project, role, user.id))) {
      await orUndefined(client.removeFromRole(project, role, user.id));
    }
  }
}

/** Jira hides what one may not administer; only as its administrator we know that it is gone. */
async function mustBeGone(context: JiraContext, item: ScopeItem): Promise<void> {
  const has = await context.client.permissions(['ADMINISTER']);
  if (has.has('ADMINISTER')) return;
  throw new ProductError('missing-permission', {
    subject: context.connectionName,
    message: `Our own account at ${context.connectionName} can no longer administer ${item.name}. It needs the global permission "Administer Jira".`,
  });
}
