import type { ScopeItem } from '../../domain/request.ts';
import type { BitbucketContext } from './account.ts';
import { projectItem, repositoryItem } from './place.ts';
import type { BitbucketRepository } from './schema.ts';

const MOST = 100;
const PERSONAL = 'PERSONAL';

/** Projects and repositories whose name, key or slug has the text, best match first. */
export async function searchScopes(
  { client }: BitbucketContext,
  text: string,
): Promise<ScopeItem[]> {
  const wanted = text.trim();
  // A choice comes back as "Platform (PLAT)" or "PLAT/api", which Bitbucket itself would not find.
  const [, name = wanted] = /^(.+) \([^()]+\)$/.exec(wanted) ?? [];
  const [, key, slug] = /^([^/]+)\/([^/]+)$/.exec(wanted) ?? [];
  const exact =
    key === undefined || slug === undefined
      ? undefined
      : await client.findRepository({ project: key, slug });
  const projects = await client.searchProjects(name);
  const repositories = await client.searchRepositories(slug ?? name);
  const items = [
    ...(exact === undefined ? [] : [repositoryItem(exact)]),
    ...projects.filter(({ type }) => type !== PERSONAL).map(projectItem),
    ...repositories.filter(isShared).map(repositoryItem),
  ];
  return items
    .filter(({ id }, index) => items.findIndex((other) => other.id === id) === index)
    .toSorted((one, other) => rank(one, wanted) - rank(other, wanted))
    .slice(0, MOST);
}

function isShared({ project }: BitbucketRepository): boolean {
  return project.type !== PERSONAL;
}

function rank(item: ScopeItem, text: string): number {
  const [name, wanted] = [item.name.toLowerCase(), text.toLowerCase()];
  if (name === wanted) return 0;
  return name.startsWith(wanted) ? 1 : 2;
}
