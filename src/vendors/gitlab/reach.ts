import type { ScopeItem } from '../../domain/request.ts';
import type { Http } from '../../lib/http.ts';
import { associationsSchema } from './schema.ts';
import type { Associations } from './schema.ts';

export interface Reach {
  /** Names of groups and full paths of projects in which the user has at least the level. */
  readonly groups: readonly string[];
  readonly projects: string[];
  /** Those of them that are neither chosen nor below something chosen. */
  readonly outside: readonly string[];
}

const PAGE = 100;
const LAST_PAGE = 50;

/** Everything the asking token's user is a member of, with at least this access level. */
export async function reachOf(
  http: Http,
  scope: readonly ScopeItem[],
  minimum: number,
): Promise<Reach> {
  const all = await associations(http, minimum);
  const chosen = new Set(scope.map((item) => item.id));
  const paths = scope
    .filter((item) => item.id.startsWith('group:'))
    .map((item) => `${item.name.toLowerCase()}/`);
  const parents = new Map(all.groups.map((group) => [group.id, group.parent_id]));

  const isGroupInside = (id: number | null): boolean =>
    id !== null && (chosen.has(`group:${id}`) || isGroupInside(parents.get(id) ?? null));
  const isProjectInside = (project: Associations['projects'][number]): boolean =>
    chosen.has(`project:${project.id}`) ||
    isGroupInside(project.namespace.id) ||
    paths.some((start) => project.path_with_namespace.toLowerCase().startsWith(start));

  return {
    groups: all.groups.map((group) => group.name),
    projects: all.projects.map((project) => project.path_with_namespace),
    outside: [
      ...all.groups.filter((group) => !isGroupInside(group.id)).map((group) => group.name),
      ...all.projects
        .filter((project) => !isProjectInside(project))
        .map((project) => project.path_with_namespace),
    ],
  };
}

async function associations(http: Http, minimum: number): Promise<Associations> {
  const all: Associations = { groups: [], projects: [] };
  for (let page = 1; page <= LAST_PAGE; page += 1) {
    const found = await http.send({
      method: 'GET',
      path: '/personal_access_tokens/self/associations',
      query: { min_access_level: minimum, per_page: PAGE, page },
      schema: associationsSchema,
    });
    all.groups.push(...found.groups);
    all.projects.push(...found.projects);
    if (found.groups.length < PAGE && found.projects.length < PAGE) break;
  }
  return all;
}
