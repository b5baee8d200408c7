import { ProductError } from '../../domain/errors.ts';
import type { ScopeItem } from '../../domain/request.ts';
import { ADMINISTRATORS, PROJECT_GROUPS } from './access-profile.ts';
import type { ProjectGroup } from './access-profile.ts';
import type { AzureContext } from './context.ts';

export type ProjectGroups = ReadonlyMap<ProjectGroup, string>;

/** A bound for the climb through groups in groups. */
const MOST_GROUPS = 300;

/** `project:<id>` as chosen in the modal → the project's id. */
export function projectIdOf(item: ScopeItem): string {
  const id = /^project:([\da-f-]{36})$/i.exec(item.id)?.[1];
  if (id !== undefined) return id;
  throw new ProductError('invalid-input', {
    subject: item.name,
    message: `${item.name} is not an Azure DevOps project. Choose it again from the list.`,
  });
}

/** The descriptors of a project's usual groups; undefined when the project is gone. */
export async function groupsOfProject(
  { client }: AzureContext,
  item: ScopeItem,
): Promise<ProjectGroups | undefined> {
  const scope = await client.projectDescriptor(projectIdOf(item));
  if (scope === undefined) return undefined;
  const groups = await client.groups(scope);
  const found = new Map<ProjectGroup, string>();
  for (const name of PROJECT_GROUPS) {
    const group = groups.find(({ displayName }) => displayName === name);
    if (group !== undefined) found.set(name, group.descriptor);
  }
  return found;
}

/** The group of the organisation's administrators. */
export async function administratorsOf(context: AzureContext): Promise<string> {
  const { client, config, connectionName } = context;
  const name = `[${config.organization}]\\${ADMINISTRATORS}`.toLowerCase();
  const groups = await client.groups(null);
  const found = groups.find(({ principalName }) => principalName.toLowerCase() === name);
  if (found !== undefined) return found.descriptor;
  throw new ProductError('not-found', {
    subject: connectionName,
    message: `${connectionName} does not show its group "${ADMINISTRATORS}". Is the organisation's name in the configuration right?`,
  });
}

/** Every group somebody is in, also through other groups. */
export async function allGroupsOf(
  { client, connectionName }: AzureContext,
  subject: string,
): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  const open = [subject];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const group of await client.groupsOf(next)) {
      if (seen.has(group)) continue;
      seen.add(group);
      open.push(group);
    }
    if (seen.size > MOST_GROUPS) {
      throw new ProductError('refused', {
        subject: connectionName,
        message: `At ${connectionName} the account is in more than ${MOST_GROUPS} groups, which is too many to check. Take it out of the groups it does not need.`,
      });
    }
  }
  return seen;
}
