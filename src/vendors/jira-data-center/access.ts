import { ProductError, hasCode } from '../../domain/errors.ts';
import type { Access, ScopeItem } from '../../domain/request.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import { knownAccount } from './account.ts';
import type { JiraContext } from './account.ts';
import { orUndefined } from './client.ts';

/** Groups and project roles of the chosen access; those of the other access are taken away. */
export async function ensureAccess(
  context: JiraContext,
  spec: AccountSpec,
  user: VendorUser,
): Promise<void> {
  await ensureGroups(context, spec.access, user.login);
  for (const item of spec.scope) await ensureRole(context, spec.access, item, user.login);
}

export async function removeAccess(
  context: JiraContext,
  spec: AccountSpec,
  user: VendorUser,
): Promise<void> {
  const { config } = context;
  if ((await knownAccount(context, user)) === undefined) return;
  for (const item of spec.scope) await removeRoles(context, item, user.login);
  await leaveGroups(context, user.login, [...config.groups.contributor, ...config.groups.owner]);
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

async function ensureGroups(context: JiraContext, access: Access, login: string): Promise<void> {
  const { client, config } = context;
  const wanted = config.groups[access];
  const has = await client.groupsOf(login);
  for (const name of wanted) {
    if (!has.includes(name)) await joinGroup(context, name, login);
  }
  const all = [...config.groups.contributor, ...config.groups.owner];
  await leaveGroups(
    context,
    login,
    all.filter((name) => !wanted.includes(name)),
  );
}

async function joinGroup(context: JiraContext, name: string, login: string): Promise<void> {
  const { client, connectionName } = context;
  try {
    await client.addToGroup(name, login);
  } catch (error) {
    // Jira says 404 for an unknown group or user, 400 for a member and for a lack of licences.
    if (!hasCode(error, 'refused', 'exists', 'not-found')) throw error;
    if ((await client.groupsOf(login)).includes(name)) return;
    if (!hasCode(error, 'not-found')) {
      throw new ProductError('limit-reached', {
        subject: connectionName,
        message: `${connectionName} does not put ${login} into the group ${name}. There may be no free Jira licence left.`,
        cause: error,
      });
    }
    throw new ProductError('invalid-config', {
      subject: connectionName,
      message: `${connectionName} has no group ${name}. Correct "groups" of this connection in the configuration.`,
      cause: error,
    });
  }
}

async function leaveGroups(
  { client }: JiraContext,
  login: string,
  groups: readonly string[],
): Promise<void> {
  const has = await client.groupsOf(login);
  for (const name of new Set(groups)) {
    if (has.includes(name)) await orUndefined(client.removeFromGroup(name, login));
  }
}

async function ensureRole(
  context: JiraContext,
  access: Access,
  item: ScopeItem,
  login: string,
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
          ? `${connectionName} has no project ${item.name} that our own account can see. Was it deleted?`
          : `The project ${item.name} has no role ${name}. Add the role in Jira, or correct "project_roles" of this connection.`,
    });
  }
  if (!(await client.hasRole(project, role, login))) await addToRole(context, project, role, login);
  const other = access === 'owner' ? 'contributor' : 'owner';
  const otherRole = roles.get(config.project_roles[other]);
  if (otherRole !== undefined && otherRole !== role) {
    await leaveRole(context, project, otherRole, login);
  }
}

async function addToRole(
  { client }: JiraContext,
  project: string,
  role: number,
  login: string,
): Promise<void> {
  try {
    await client.addToRole(project, role, login);
  } catch (error) {
    if (!hasCode(error, 'refused', 'exists')) throw error;
    if (!(await client.hasRole(project, role, login))) throw error;
  }
}

async function removeRoles(context: JiraContext, item: ScopeItem, login: string): Promise<void> {
  const { client, config } = context;
  const project = projectIdOf(item);
  const roles = await orUndefined(client.rolesOf(project));
  if (roles === undefined) {
    await mustBeGone(context, item);
    return;
  }
  for (const name of new Set(Object.values(config.project_roles))) {
    const role = roles.get(name);
    if (role !== undefined) await leaveRole(context, project, role, login);
  }
}

async function leaveRole(
  { client }: JiraContext,
  project: string,
  role: number,
  login: string,
): Promise<void> {
  if (!(await client.hasRole(project, role, login))) return;
  await orUndefined(client.removeFromRole(project, role, login));
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
