import { ProductError } from '../../domain/errors.ts';
import type { ScopeItem } from '../../domain/request.ts';
import type { AccountSpec } from '../vendor.ts';
import { PROJECT_GROUPS, isAdministrator, projectGroup } from './access-profile.ts';
import type { ServerContext } from './context.ts';
import type { Identity, ServerConfig } from './schema.ts';

/** How the groups of an account differ from what was ordered; names as the server shows them. */
export interface Difference {
  readonly missing: readonly string[];
  readonly superfluous: readonly string[];
}

/** `project:<id>` as chosen in the modal → the project's id. */
export function projectIdOf(item: ScopeItem): string {
  const id = /^project:([\da-f-]{36})$/i.exec(item.id)?.[1];
  if (id !== undefined) return id;
  throw new ProductError('invalid-input', {
    subject: item.name,
    message: `${item.name} is not a project of this server. Choose it again from the list.`,
  });
}

export async function compareGroups(
  context: ServerContext,
  spec: AccountSpec,
  identity: Identity,
): Promise<Difference> {
  const administrators = administratorsName(context.config);
  const missing: string[] = [];
  const superfluous: string[] = [];
  const isAdmin = await isIn(context, identity, administrators);
  if (isAdministrator(spec) && !isAdmin) missing.push(administrators);
  if (!isAdministrator(spec) && isAdmin) superfluous.push(administrators);
  const wanted = projectGroup(spec);
  for (const item of spec.scope) {
    const project = await projectName(context, item);
    if (!(await isIn(context, identity, `[${project}]\\${wanted}`))) {
      missing.push(`[${project}]\\${wanted}`);
    }
    for (const above of PROJECT_GROUPS.slice(PROJECT_GROUPS.indexOf(wanted) + 1)) {
      const name = `[${project}]\\${above}`;
      if (await isIn(context, identity, name)) superfluous.push(name);
    }
  }
  return { missing, superfluous };
}

/** Those of our groups that the account is still in. */
export async function groupsLeft(
  context: ServerContext,
  spec: AccountSpec,
  identity: Identity,
): Promise<string[]> {
  const names = [administratorsName(context.config)];
  for (const item of spec.scope) {
    const project = await context.client.project(projectIdOf(item));
    if (project === undefined) continue;
    names.push(...PROJECT_GROUPS.map((group) => `[${project.name}]\\${group}`));
  }
  const left: string[] = [];
  for (const name of names) if (await isIn(context, identity, name)) left.push(name);
  return left;
}

/** The names of the groups that were ordered, for the instructions of a task. */
export function orderedGroups(config: ServerConfig, spec: AccountSpec): string[] {
  const groups = spec.scope.map(({ name }) => `[${name}]\\${projectGroup(spec)}`);
  return isAdministrator(spec) ? [administratorsName(config), ...groups] : groups;
}

async function isIn(context: ServerContext, identity: Identity, name: string): Promise<boolean> {
  const group = await context.client.group(name);
  return group !== undefined && (identity.memberOf ?? []).includes(group.descriptor);
}

async function projectName(context: ServerContext, item: ScopeItem): Promise<string> {
  const project = await context.client.project(projectIdOf(item));
  if (project !== undefined) return project.name;
  throw new ProductError('not-found', {
    subject: item.name,
    message: `${context.connectionName} has no project ${item.name} that our own token can see. Was it deleted?`,
  });
}

function administratorsName({ collection_url }: ServerConfig): string {
  const collection = decodeURIComponent(new URL(collection_url).pathname.split('/').at(-1) ?? '');
  return `[${collection}]\\Project Collection Administrators`;
}
