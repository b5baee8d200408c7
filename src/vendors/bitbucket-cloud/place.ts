import { ProductError } from '../../domain/errors.ts';
import type { ScopeItem } from '../../domain/request.ts';
import { path } from '../../lib/http.ts';
import type { BitbucketProject, BitbucketRepository } from './schema.ts';

/** A project by its key, or a repository by its uuid, which outlives a renaming. */
export type Place =
  | { readonly kind: 'project'; readonly key: string }
  | { readonly kind: 'repository'; readonly uuid: string };

/** `project:PLAT` or `repository:{…}`, as chosen in the modal → the place it names. */
export function placeOf(item: ScopeItem): Place {
  const [, kind, rest] = /^(project|repository):([^/]+)$/.exec(item.id) ?? [];
  if (kind === 'project' && rest !== undefined) return { kind, key: rest };
  if (kind === 'repository' && rest !== undefined) return { kind, uuid: rest };
  throw new ProductError('invalid-input', {
    subject: item.name,
    message: `${item.name} is not a Bitbucket project or repository. Choose it again from the list.`,
  });
}

export function projectItem({ key, name }: BitbucketProject): ScopeItem {
  return { id: `project:${key}`, name: `${name} (${key})`, kind: 'project' };
}

export function repositoryItem(repository: BitbucketRepository): ScopeItem {
  return {
    id: `repository:${repository.uuid}`,
    name: repository.full_name,
    kind: 'repository',
  };
}

export function isInside(repository: BitbucketRepository, place: Place): boolean {
  return place.kind === 'project'
    ? repository.project.key === place.key
    : repository.uuid === place.uuid;
}

export function placePath(workspace: string, place: Place): string {
  return place.kind === 'project'
    ? path`/workspaces/${workspace}/projects/${place.key}`
    : path`/repositories/${workspace}/${place.uuid}`;
}
