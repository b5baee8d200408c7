import type { Verification } from '../domain/account.ts';
import { hasCode } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import { openClientAs } from './github-client.ts';
import type { GitHubClient, RepositoryRef, Whoami } from './github-client.ts';
import { reviewTokens } from './github-fine-grained.ts';
import { needLogin } from './github-login.ts';
import type { GitHubAccount, GitHubOrder } from './github-order.ts';
import type { GitHubPlace } from './github-place.ts';
import { probePermissions } from './github-probe.ts';
import { needRole } from './github-roles.ts';
import {
  describeRole,
  isWholeOrganisation,
  membershipRole,
  repositoryRole,
  tokenScopes,
} from './github-rights.ts';
import type { TokenShape } from './github-rights.ts';
import type { Repository } from './github-schema.ts';
import { chosenRepositories, fullName } from './github-scope.ts';
import { failed, needSame } from './github-verification-failed.ts';

const LONGEST_DAYS = 366;
const DAY_MS = 24 * 60 * 60 * 1000;
const SAMPLE = 5;

export interface TokenRules {
  readonly shape: TokenShape;
  /** How such a value begins; null where nothing is promised about it. */
  readonly prefix: string | null;
  /** Does GitHub tell our own credential the exact permissions of fine-grained tokens? */
  readonly reviewable: boolean;
  /** Only where the host gives such tokens no end. */
  readonly mayLiveForever: boolean;
}

/** As GitHub.com and its managed users have them: each kind of token tells itself by its prefix. */
export function rulesFor(shape: TokenShape, reviewable: boolean): TokenRules {
  const prefix = shape.kind === 'classic' ? 'ghp_' : 'github_pat_';
  return { shape, prefix, reviewable, mayLiveForever: false };
}

/** Uses the token as its owner would, and asks GitHub about it as the organisation does. */
export async function verifyToken(
  place: GitHubPlace,
  order: GitHubOrder,
  account: GitHubAccount,
  credential: Secret,
  rules: TokenRules,
): Promise<Verification> {
  const login = await needLogin(place, account);
  needKind(place, rules, credential);
  const as = openClientAs({ ...place, name: `the token of ${login}` }, credential, place.org);
  const whoami = await identify(as, login, account);
  const expiresAt = needExpiry(place, login, whoami, rules);
  await needMember(place, order, login);
  const token = { as, whoami, expiresAt, rules };
  const { scopes, isNot } = await needShape(place, order, account, token);
  const seen = await needSight(place, order, token, login);
  return {
    identity: whoami.user.login,
    role: describeRole(order, place.org),
    scopes,
    sees: {
      count: seen.length,
      noun: 'repositories',
      sample: seen.slice(0, SAMPLE).map((repository) => repository.full_name),
    },
    expiresAt,
    isNot: [
      ...(order.access === 'contributor' ? ['is not an owner of the organisation'] : []),
      ...isNot,
    ],
    at: place.clock.now().toISOString(),
  };
}

/** Told by the prefix, so that a wrong kind is never sent anywhere. */
function needKind({ org }: GitHubPlace, { shape, prefix }: TokenRules, credential: Secret): void {
  if (prefix === null || credential.reveal().startsWith(prefix)) return;
  throw failed(
    org,
    `This is not a ${shape.kind} personal access token; those begin with ${prefix}. Make the token as the task describes.`,
  );
}

async function identify(as: GitHubClient, login: string, account: GitHubAccount): Promise<Whoami> {
  const whoami = await asToken(login, 'The token does not work', () => as.whoami());
  if (String(whoami.user.id) !== account.id) {
    throw failed(
      login,
      `The token belongs to ${whoami.user.login}, not to ${login}. Sign in as ${login} and make it there.`,
    );
  }
  if (whoami.user.site_admin !== true) return whoami;
  throw failed(login, `${login} is a site administrator. Take that away, then retry.`);
}

/** A refusal of the token under test says something about the token, not about us. */
async function asToken<T>(login: string, what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!hasCode(error, 'unauthenticated', 'missing-permission', 'not-found')) throw error;
    const why = hasCode(error, 'unauthenticated')
      ? 'GitHub does not accept it; it is wrong, expired or revoked'
      : 'GitHub does not allow it; the organisation’s token policy, its approval or its single sign-on may be in the way';
    throw failed(login, `${what}: ${why}.`, error);
  }
}

function needExpiry(
  { clock }: GitHubPlace,
  login: string,
  { expiresAt }: Whoami,
  { mayLiveForever }: TokenRules,
): string | null {
  if (expiresAt === null) {
    if (mayLiveForever) return null;
    throw failed(login, 'The token never expires. Make it anew with the expiration of the task.');
  }
  if (Date.parse(expiresAt) - clock.now().getTime() <= LONGEST_DAYS * DAY_MS) return expiresAt;
  throw failed(
    login,
    `The token lives longer than ${LONGEST_DAYS} days. Make it anew with the expiration of the task.`,
  );
}

async function needMember(
  { client, org }: GitHubPlace,
  order: GitHubOrder,
  login: string,
): Promise<void> {
  const membership = await client.findMembership(login);
  const wanted = membershipRole(order.access);
  if (membership?.state !== 'active') {
    throw failed(login, `${login} is not a member of ${org}. Retry the access step.`);
  }
  if (membership.role === wanted) return;
  throw failed(
    login,
    `${login} has the role "${membership.role}" in ${org} instead of "${wanted}". Set it right under People, or retry the access step.`,
  );
}

interface Token {
  readonly as: GitHubClient;
  readonly whoami: Whoami;
  readonly expiresAt: string | null;
  readonly rules: TokenRules;
}

interface Proven {
  readonly scopes: readonly string[];
  readonly isNot: readonly string[];
}

async function needShape(
  place: GitHubPlace,
  order: GitHubOrder,
  account: GitHubAccount,
  { as, whoami, expiresAt, rules }: Token,
): Promise<Proven> {
  const { shape } = rules;
  const wanted = tokenScopes(shape);
  if (shape.kind === 'classic') {
    needSame(whoami.user.login, 'scopes', wanted, whoami.scopes ?? []);
    return { scopes: wanted, isNot: ['has no other scope'] };
  }
  if (whoami.scopes !== null && whoami.scopes.length > 0) {
    throw failed(whoami.user.login, 'This is a classic token; a fine-grained one is wanted.');
  }
  if (!rules.reviewable || expiresAt === null)
    return probePermissions(place, order, as, shape.permissions);
  await reviewTokens(place, order, { id: account.id, login: whoami.user.login, expiresAt });
  return { scopes: wanted, isNot: ['has no other permission'] };
}

/** What was chosen must be seen with the right role; what was not chosen must not be seen. */
async function needSight(
  place: GitHubPlace,
  order: GitHubOrder,
  { as, rules }: Token,
  login: string,
): Promise<Repository[]> {
  const chosen = chosenRepositories(order, place.org);
  for (const repository of chosen) {
    const name = fullName(repository);
    const found = await asToken(login, `The token cannot see ${name}`, () =>
      as.findRepository(repository),
    );
    if (found === undefined) {
      throw failed(
        login,
        `The token cannot see ${name}. Was it chosen under "Repository access"? If the organisation approves tokens by hand, an owner does so under Settings > Personal access tokens > Pending requests.`,
      );
    }
    if (order.access === 'contributor' && !isWholeOrganisation(order)) {
      await needRepositoryRole(place, order, repository, login);
    }
  }
  const seen = await asToken(login, 'The token cannot list repositories', () =>
    as.allRepositories(),
  );
  if (seen.length === 0) {
    throw failed(
      login,
      `The token sees no repository of ${place.org}. Choose repositories, or give the organisation’s members a base permission.`,
    );
  }
  const limited = rules.shape.kind === 'fine-grained' || order.access === 'contributor';
  if (limited && !isWholeOrganisation(order)) refuseOthers(login, chosen, seen, rules);
  return seen;
}

async function needRepositoryRole(
  place: GitHubPlace,
  order: GitHubOrder,
  repository: { owner: string; repo: string },
  login: string,
): Promise<void> {
  const wanted = repositoryRole(order.kind).name;
  const role = await needRole(place, repository, login);
  if (role === wanted) return;
  throw failed(
    login,
    `${login} has the role "${role}" on ${fullName(repository)} instead of "${wanted}". Set it right under the repository’s Collaborators and teams.`,
  );
}

/**
 * Public repositories are everybody's, and internal ones are every account's of the enterprise as
 * far as its classic token goes. Another private one means that the token reaches too far.
 */
function refuseOthers(
  login: string,
  chosen: readonly RepositoryRef[],
  seen: readonly Repository[],
  { shape }: TokenRules,
): void {
  const allowed = new Set(chosen.map((repository) => fullName(repository).toLowerCase()));
  const other = seen.find(
    (repository) =>
      repository.private &&
      !(shape.kind === 'classic' && repository.visibility === 'internal') &&
      !allowed.has(repository.full_name.toLowerCase()),
  );
  if (other === undefined) return;
  throw failed(
    login,
    shape.kind === 'classic'
      ? `The account also sees ${other.full_name}, which was not chosen. A team or the organisation’s base permission gives it; take it away there, or choose the whole organisation.`
      : `The token also sees ${other.full_name}, which was not chosen. Make it anew with "Only select repositories".`,
  );
}
