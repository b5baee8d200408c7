import type { ScopeItem } from '../../domain/request.ts';
import type { AzureContext } from './context.ts';

const MOST = 100;

/** Projects whose name has the text; Azure DevOps itself cannot search, so we do. */
export async function searchScopes({ client }: AzureContext, text: string): Promise<ScopeItem[]> {
  const word = text.trim().toLowerCase();
  const rank = (name: string): number => {
    if (name.toLowerCase() === word) return 0;
    return name.toLowerCase().startsWith(word) ? 1 : 2;
  };
  const projects = await client.projects();
  return projects
    .filter(({ name }) => name.toLowerCase().includes(word))
    .toSorted((one, other) => rank(one.name) - rank(other.name))
    .slice(0, MOST)
    .map(({ id, name }) => ({ id: `project:${id}`, name, kind: 'project' }));
}
