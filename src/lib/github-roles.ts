import { ProductError } from '../domain/errors.ts';
import type { RepositoryRef } from './github-client.ts';
import { presentLogin } from './github-login.ts';
import type { GitHubAccount, RightsOrder } from './github-order.ts';
import type { GitHubPlace } from './github-place.ts';
import { isWholeOrganisation, repositoryRole } from './github-rights.ts';
import { chosenRepositories, fullName } from './github-scope.ts';

/** Exactly the profile's role on each chosen repository; nothing for owners and whole scopes. */
export async function ensureRoles(
  place: GitHubPlace,
  order: RightsOrder,
  login: string,
): Promise<void> {
  if (order.access === 'owner' || isWholeOrganisation(order)) return;
  for (const repository of chosenRepositories(order, place.org)) {
    await ensureRole(place, order, repository, login);
  }
}

/**
 * The account's own grant is set to the wanted role. What teams or the organisation's base
 * permission add cannot be lowered for one person, so it is reported instead of passed over.
 */
async function ensureRole(
  place: GitHubPlace,
  order: RightsOrder,
  repository: RepositoryRef,
  login: string,
): Promise<void> {
  const { client } = place;
  const { grant, name } = repositoryRole(order.kind);
  await needRole(place, repository, login);
  // Also when the role is right already: it may come from elsewhere and go away there.
  await client.addCollaborator(repository, login, grant);
  const now = await needRole(place, repository, login);
  if (now === name) return;
  throw new ProductError('refused', {
    subject: fullName(repository),
    message: `${login} has the role "${now}" on ${fullName(repository)} instead of "${name}". It comes from a team or from the organisation’s base permission; lower it there, then retry.`,
  });
}

export async function needRole(
  { client, org }: GitHubPlace,
  repository: RepositoryRef,
  login: string,
): Promise<string> {
  const role = await client.findRole(repository, login);
  if (role !== undefined) return role;
  throw new ProductError('not-found', {
    subject: fullName(repository),
    message: `${fullName(repository)} is not there, or our credential for ${org} cannot see it.`,
  });
}

/** Grants first: a former member would otherwise stay on as an outside collaborator. */
export async function removeAccess(
  place: GitHubPlace,
  order: RightsOrder,
  account: GitHubAccount,
): Promise<void> {
  const login = await presentLogin(place, account);
  if (login === undefined) return;
  for (const repository of chosenRepositories(order, place.org)) {
    await place.client.removeCollaborator(repository, login);
  }
  await place.client.removeMember(login);
}
