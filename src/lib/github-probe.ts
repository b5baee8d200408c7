import { hasCode } from '../domain/errors.ts';
import type { GitHubClient, RepositoryRef } from './github-client.ts';
import type { GitHubOrder } from './github-order.ts';
import type { GitHubPlace } from './github-place.ts';
import { describePermission } from './github-rights.ts';
import type { TokenPermission } from './github-rights.ts';
import { chosenRepositories, fullName } from './github-scope.ts';
import { failed } from './github-verification-failed.ts';

interface Proven {
  readonly scopes: readonly string[];
  readonly isNot: readonly string[];
}

/**
 * With an owner's token GitHub tells us nothing about fine-grained tokens, so they are tried.
 * Reading proves what is there and two refusals prove a limit; that a token cannot write is not
 * provable without writing. Only a GitHub App sees the exact permissions.
 */
export async function probePermissions(
  place: GitHubPlace,
  order: GitHubOrder,
  as: GitHubClient,
  permissions: readonly TokenPermission[],
): Promise<Proven> {
  const repository = await pickRepository(place, order, as);
  for (const permission of permissions) {
    const call = probeOf(permission, as, repository);
    if (await isRefused(call)) {
      throw failed(
        place.org,
        `The token lacks "${describePermission(permission)}", or was not approved for ${place.org} yet. Make it as the task describes.`,
      );
    }
  }
  if (!(await isRefused(() => as.probeSecrets(repository)))) {
    throw failed(
      place.org,
      'The token can list repository secrets, which was not approved. Make it anew as the task describes.',
    );
  }
  if (!(await isRefused(() => as.probeHooks()))) {
    throw failed(
      place.org,
      'The token can list the organisation’s webhooks, which was not approved. Make it anew as the task describes.',
    );
  }
  return {
    scopes: permissions.map((permission) =>
      permission.level === 'read'
        ? describePermission(permission)
        : `${describePermission(permission)}, of which reading was tried`,
    ),
    isNot: ['cannot read repository secrets', 'cannot read webhooks of the organisation'],
  };
}

/** A private one if possible: what is public can be read with any token. */
async function pickRepository(
  place: GitHubPlace,
  order: GitHubOrder,
  as: GitHubClient,
): Promise<RepositoryRef> {
  const seen = await as.latestRepositories();
  const chosen = chosenRepositories(order, place.org);
  const names = chosen.map((repository) => fullName(repository).toLowerCase());
  const candidates = seen.filter(
    ({ full_name }) => names.length === 0 || names.includes(full_name.toLowerCase()),
  );
  const picked = candidates.find((repository) => repository.private) ?? candidates[0];
  const [owner = '', repo = ''] = (picked?.full_name ?? '').split('/');
  if (repo !== '') return { owner, repo };
  if (chosen[0] !== undefined) return chosen[0];
  throw failed(place.org, `The token sees no repository of ${place.org}.`);
}

function probeOf(
  { key }: TokenPermission,
  as: GitHubClient,
  repository: RepositoryRef,
): () => Promise<unknown> {
  if (key === 'contents') return () => as.probe('contents', repository);
  if (key === 'issues') return () => as.probe('issues', repository);
  if (key === 'pull_requests') return () => as.probe('pulls', repository);
  if (key === 'members') return () => as.probeMembers();
  return () => as.needRepository(repository);
}

async function isRefused(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return false;
  } catch (error) {
    if (hasCode(error, 'missing-permission', 'not-found')) return true;
    throw error;
  }
}
