import type { ScopeItem } from '../../domain/request.ts';
import type { JiraContext } from './account.ts';
import type { JiraProject } from './schema.ts';

const MOST = 100;

/** Software and business projects whose key or name has the text; Flow processes no others. */
export async function searchScopes({ client }: JiraContext, text: string): Promise<ScopeItem[]> {
  const wanted = text.trim().toLowerCase();
  const projects = (await client.projects()).filter(isProcessed);
  return projects
    .filter((project) => nameOf(project).toLowerCase().includes(wanted))
    .toSorted((one, other) => rank(one, wanted) - rank(other, wanted))
    .slice(0, MOST)
    .map((project) => ({ id: `project:${project.id}`, name: nameOf(project), kind: 'project' }));
}

function isProcessed({ projectTypeKey }: JiraProject): boolean {
  return projectTypeKey !== 'service_desk';
}

function nameOf({ name, key }: JiraProject): string {
  return `${name} (${key})`;
}

function rank(project: JiraProject, wanted: string): number {
  if (project.key.toLowerCase() === wanted) return 0;
  return project.name.toLowerCase().startsWith(wanted) ? 1 : 2;
}
