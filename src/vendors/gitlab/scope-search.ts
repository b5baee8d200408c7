import { z } from 'zod';

import type { ScopeItem } from '../../domain/request.ts';
import { path } from '../../lib/http.ts';
import type { AccountContext } from './account.ts';
import { groupSchema, projectSchema } from './schema.ts';
import type { GitlabGroup, GitlabProject } from './schema.ts';

const MOST = 100;
/** GitLab ignores or widens shorter searches. */
const SHORTEST = 3;

/** Groups and projects whose full path contains the text, best match first. */
export async function searchScopes(context: AccountContext, text: string): Promise<ScopeItem[]> {
  const wanted = text.trim().toLowerCase();
  const word = wanted.split('/').at(-1) ?? '';
  const query = {
    per_page: MOST,
    ...(word.length >= SHORTEST ? { search: word } : {}),
  };
  const groups = await findGroups(context, query);
  const projects = await findProjects(context, query);
  const items = [...groups.map(groupItem), ...projects.map(projectItem)];
  return items
    .filter((item) => item.name.toLowerCase().includes(wanted))
    .toSorted((one, other) => rank(one, wanted) - rank(other, wanted))
    .slice(0, MOST);
}

type Query = Readonly<Record<string, string | number>>;

async function findGroups(
  { client, config }: AccountContext,
  query: Query,
): Promise<GitlabGroup[]> {
  const schema = z.array(groupSchema);
  if (config.ownership === 'instance') {
    return client.http.send({ method: 'GET', path: '/groups', query, schema });
  }
  const below = path`/groups/${config.group ?? ''}/descendant_groups`;
  const groups = await client.http.send({ method: 'GET', path: below, query, schema });
  return [await client.ownGroup(), ...groups];
}

function findProjects({ client, config }: AccountContext, query: Query): Promise<GitlabProject[]> {
  const schema = z.array(projectSchema);
  if (config.ownership === 'instance') {
    return client.http.send({ method: 'GET', path: '/projects', query, schema });
  }
  return client.http.send({
    method: 'GET',
    path: path`/groups/${config.group ?? ''}/projects`,
    query: { ...query, include_subgroups: 'true' },
    schema,
  });
}

function groupItem(group: GitlabGroup): ScopeItem {
  return { id: `group:${group.id}`, name: group.full_path, kind: 'group' };
}

function projectItem(project: GitlabProject): ScopeItem {
  return { id: `project:${project.id}`, name: project.path_with_namespace, kind: 'project' };
}

/** The very name first, then names that begin with the text, then the rest as GitLab sent them. */
function rank(item: ScopeItem, wanted: string): number {
  const name = item.name.toLowerCase();
  if (name === wanted) return 0;
  return name.startsWith(wanted) ? 1 : 2;
}
