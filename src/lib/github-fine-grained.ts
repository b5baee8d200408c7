import type { GrantList } from './github-client.ts';
import type { GitHubOrder } from './github-order.ts';
import type { GitHubPlace } from './github-place.ts';
import { isWholeOrganisation, tokenShape } from './github-rights.ts';
import type { Grant } from './github-schema.ts';
import { chosenRepositories, fullName } from './github-scope.ts';
import { describeDifference, failed } from './github-verification-failed.ts';

export interface TokenOwner {
  readonly id: string;
  readonly login: string;
  /** As the token's own answers say; ties the value in hand to one of the listed tokens. */
  readonly expiresAt: string;
}

/**
 * Only GitHub Apps may list fine-grained tokens. GitHub does not say which listed token a value
 * is, so every living token of the account must be exactly right; then the one in hand is.
 */
export async function reviewTokens(
  place: GitHubPlace,
  order: GitHubOrder,
  owner: TokenOwner,
): Promise<void> {
  await decideRequests(place, order, owner);
  const granted = await place.client.grants('personal-access-tokens', owner.login);
  const living = granted.filter((grant) => belongsTo(grant, owner) && !grant.token_expired);
  for (const grant of living) {
    const flaw = await findFlaw(place, order, 'personal-access-tokens', grant);
    if (flaw !== undefined) {
      throw failed(
        owner.login,
        `The token "${grant.token_name}" is not as approved: ${flaw}. Delete it and make it anew as the task describes.`,
      );
    }
  }
  if (living.some((grant) => expiresWith(grant, owner))) return;
  throw failed(
    owner.login,
    `The token has no access to ${place.org}. Choose ${place.org} as "Resource owner" when making it.`,
  );
}

/** Where the organisation approves tokens: exactly right ones are let in, others turned away. */
async function decideRequests(
  place: GitHubPlace,
  order: GitHubOrder,
  owner: TokenOwner,
): Promise<void> {
  const { client } = place;
  const requests = await client.grants('personal-access-token-requests', owner.login);
  for (const request of requests.filter((one) => belongsTo(one, owner) && !one.token_expired)) {
    const flaw = await findFlaw(place, order, 'personal-access-token-requests', request);
    if (flaw === undefined) {
      await client.review(request.id, 'approve', `As approved for ${order.marker}.`);
    } else {
      await client.review(request.id, 'deny', `Not as approved for ${order.marker}: ${flaw}.`);
      throw failed(
        owner.login,
        `The token "${request.token_name}" was denied: ${flaw}. Delete it and make it anew as the task describes.`,
      );
    }
  }
}

function belongsTo(grant: Grant, owner: TokenOwner): boolean {
  return String(grant.owner.id) === owner.id;
}

function expiresWith(grant: Grant, owner: TokenOwner): boolean {
  const listed = Date.parse(grant.token_expires_at ?? '');
  return Math.abs(listed - Date.parse(owner.expiresAt)) < 1000;
}

async function findFlaw(
  place: GitHubPlace,
  order: GitHubOrder,
  list: GrantList,
  grant: Grant,
): Promise<string | undefined> {
  if (!grant.token_name.startsWith(`${order.marker}-`)) {
    return `its name does not begin with ${order.marker}-`;
  }
  const flaw = describeDifference(wantedPermissions(order), grantedPermissions(grant));
  return flaw ?? findRepositoryFlaw(place, order, list, grant);
}

async function findRepositoryFlaw(
  place: GitHubPlace,
  order: GitHubOrder,
  list: GrantList,
  grant: Grant,
): Promise<string | undefined> {
  const selection = isWholeOrganisation(order) ? 'all' : 'subset';
  if (grant.repository_selection !== selection) {
    return selection === 'all'
      ? 'its repository access is not "All repositories"'
      : 'its repository access is not "Only select repositories"';
  }
  if (selection === 'all') return undefined;
  const reached = await place.client.grantRepositories(list, grant.id);
  return describeDifference(
    chosenRepositories(order, place.org).map((repository) => fullName(repository).toLowerCase()),
    reached.map((repository) => repository.full_name.toLowerCase()),
  );
}

function wantedPermissions(order: GitHubOrder): string[] {
  const shape = tokenShape(order);
  if (shape.kind === 'classic') return [];
  return shape.permissions.map(({ group, key, level }) => `${group} ${key}: ${level}`);
}

function grantedPermissions({ permissions }: Grant): string[] {
  return Object.entries(permissions).flatMap(([group, levels]) =>
    Object.entries(levels ?? {}).map(([key, level]) => `${group} ${key}: ${level}`),
  );
}
