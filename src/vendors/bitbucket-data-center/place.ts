import { ProductError } from '../../domain/errors.ts';
import type { ScopeItem } from '../../domain/request.ts';
import { path } from '../../lib/http.ts';
import type { BitbucketProject, BitbucketRepository } from './schema.ts';

/** A project, or one repository in it. */
export interface Place {
  readonly project: string;
  /** Null for the whole project. */
  readonly slug: string | null;
}

/** `project:PLAT` or `repository:PLAT/api`, as chosen in the modal → the place it names. */
export function placeOf(item: ScopeItem): Place {
  const project = /^project:([^/]+)$/.exec(item.id)?.[1];
  if (project !== undefined) return { project, slug: null };
  const [, key, slug] = /^repository:([^/]+)\/([^/]+)$/.exec(item.id) ?? [];
  if (key !== undefined && slug !== undefined) return { project: key, slug };
  throw new ProductError('invalid-input', {
    subject: item.name,
    message: `${item.name} is not a Bitbucket project or repository. Choose it again from the list.`,
  });
}

export function projectItem({ key, name }: BitbucketProject): ScopeItem {
  return { id: `project:${key}`, name: `${name} (${key})`, kind: 'project' };
}

export function repositoryItem(repository: BitbucketRepository): ScopeItem {
  const name = repositoryName(repository);
  return { id: `repository:${name}`, name, kind: 'repository' };
}

export function repositoryName({ project, slug }: BitbucketRepository): string {
  return `${project.key}/${slug}`;
}

export function isInside(repository: BitbucketRepository, place: Place): boolean {
  return (
    repository.project.key === place.project &&
    (place.slug === null || place.slug === repository.slug)
  );
}

export function placePath({ project, slug }: Place): string {
  return slug === null ? path`/projects/${project}` : path`/projects/${project}/repos/${slug}`;
}
