import { ProductError } from '../domain/errors.ts';
import type { ScopeItem } from '../domain/request.ts';
import type { GitHubClient, RepositoryRef } from './github-client.ts';
import type { RightsOrder } from './github-order.ts';
import type { Repository } from './github-schema.ts';

const MOST = 100;

/** The organisation itself and its repositories, as choices for the scope field. */
export async function searchScopes(
  client: GitHubClient,
  org: string,
  text: string,
): Promise<ScopeItem[]> {
  const whole: ScopeItem = { id: org, name: org, kind: 'organisation' };
  // The search language has operators; only what a repository's name may hold is passed on.
  const words = text
    .replace(new RegExp(`^${org}/`, 'i'), '')
    .replaceAll(/[^\w. -]+/g, ' ')
    .trim();
  if (words === '') return [whole, ...(await client.latestRepositories()).map(item)].slice(0, MOST);
  const found = (await client.searchRepositories(words)).map(item);
  const isOrg = org.toLowerCase().startsWith(words.toLowerCase());
  return [...(isOrg ? [whole] : []), ...found].slice(0, MOST);
}

function item({ full_name }: Repository): ScopeItem {
  return { id: full_name, name: full_name, kind: 'repository' };
}

/** The repositories of an order; what lies outside our organisation is refused. */
export function chosenRepositories(spec: Pick<RightsOrder, 'scope'>, org: string): RepositoryRef[] {
  const items = spec.scope.filter(({ kind }) => kind !== 'organisation');
  const foreign = spec.scope.find(
    ({ id }) => id.split('/')[0]?.toLowerCase() !== org.toLowerCase(),
  );
  if (foreign !== undefined || spec.scope.length === 0) {
    const what = foreign === undefined ? 'Nothing was chosen' : `${foreign.name} does not belong`;
    throw new ProductError('invalid-input', {
      subject: foreign?.name ?? org,
      message: `${what}; choose the organisation ${org} or repositories of it, such as ${org}/web.`,
    });
  }
  return items.map(({ id }) => {
    const [owner = '', repo = ''] = id.split('/');
    return { owner, repo };
  });
}

export function fullName({ owner, repo }: RepositoryRef): string {
  return `${owner}/${repo}`;
}
