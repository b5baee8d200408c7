import type { ScopeItem } from '../../domain/request.ts';
import type { JiraContext } from './account.ts';
import type { JiraProject } from './schema.ts';

/** Software and business projects whose key or name has the text; Flow processes no others. */
export async function searchScopes({ client }: JiraContext, text: string): Promise<ScopeItem[]> {
  const wanted = text.trim();
  // A choice comes back as "Platform (PLAT)", which Jira itself would not find.
  const key = /\(([A-Z][A-Z0-9_]+)\)$/.exec(wanted)?.[1];
  const { values } = await client.searchProjects(key ?? wanted);
  return values
    .toSorted((one, other) => rank(one, wanted, key) - rank(other, wanted, key))
    .map((project) => ({
      id: `project:${project.id}`,
      name: `${project.name} (${project.key})`,
      kind: 'project',
    }));
}

function rank(project: JiraProject, wanted: string, key: string | undefined): number {
  if (project.key === (key ?? wanted.toUpperCase())) return 0;
  return project.name.toLowerCase().startsWith(wanted.toLowerCase()) ? 1 : 2;
}
