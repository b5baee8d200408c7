import type { ScopeItem } from '../../domain/request.ts';
import type { BitbucketContext } from './account.ts';
import { projectItem, repositoryItem } from './place.ts';

const MOST = 100;
/** Bitbucket does not search projects by name; 500 of them are looked through. */
const PROJECT_PAGES = 5;

/** Projects and repositories whose name or key has the text, best match first. */
export async function searchScopes(
  { client }: BitbucketContext,
  text: string,
): Promise<ScopeItem[]> {
  const wanted = text.trim();
  // A choice comes back as "acme/api", which Bitbucket would not find by name.
  const slug = /^[^/]+\/([^/]+)$/.exec(wanted)?.[1];
  const exact = slug === undefined ? undefined : await client.findRepository(slug);
  const repositories = await client.searchRepositories(slug ?? wanted);
  const projects = (await client.projects(PROJECT_PAGES)).map(projectItem);
  const items = [
    ...(exact === undefined ? [] : [repositoryItem(exact)]),
    ...projects.filter(({ name }) => name.toLowerCase().includes(wanted.toLowerCase())),
    ...repositories.map(repositoryItem),
  ];
  return items
    .filter(({ id }, index) => items.findIndex((other) => other.id === id) === index)
    .toSorted((one, other) => rank(one, wanted) - rank(other, wanted))
    .slice(0, MOST);
}

function rank(item: ScopeItem, text: string): number {
  const [name, wanted] = [item.name.toLowerCase(), text.toLowerCase()];
  if (name === wanted) return 0;
  return name.startsWith(wanted) ? 1 : 2;
}
