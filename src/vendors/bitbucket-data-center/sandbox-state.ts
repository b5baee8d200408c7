import { randomBytes } from 'node:crypto';

import { randomId } from '../../lib/random.ts';

/** A refusal as Bitbucket words it; thrown by the state, sent by the server. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, message: string, exception: string) {
    super(message);
    const exceptionName = `com.atlassian.bitbucket.${exception}`;
    this.status = status;
    this.body = { errors: [{ context: null, message, exceptionName }] };
  }
}

export type Level = 'READ' | 'WRITE' | 'ADMIN';
export type Global = 'LICENSED_USER' | 'PROJECT_CREATE' | 'ADMIN' | 'SYS_ADMIN';

export interface SandboxUser {
  readonly id: number;
  readonly name: string;
  readonly slug: string;
  email: string;
  displayName: string;
  password: string;
  active: boolean;
  global: Global | null;
  /** Sign-ins with a wrong password in a row; from the fifth on Bitbucket wants a CAPTCHA. */
  failedSignIns: number;
}

export interface SandboxToken {
  readonly id: string;
  readonly value: string;
  readonly userId: number;
  name: string;
  permissions: readonly string[];
  createdDate: number;
  expiryDays: number | null;
}

export interface SandboxProject {
  readonly key: string;
  readonly name: string;
}

export interface SandboxRepository {
  readonly project: string;
  readonly slug: string;
}

export interface SandboxGrant {
  readonly project: string;
  /** Null for the whole project. */
  readonly slug: string | null;
  readonly userId: number;
  level: Level;
}

export interface BitbucketState {
  version: string;
  users: SandboxUser[];
  tokens: SandboxToken[];
  readonly projects: SandboxProject[];
  readonly repositories: SandboxRepository[];
  grants: SandboxGrant[];
  /** Free licences; every global permission needs one. */
  licences: number;
  writableDirectory: boolean;
  /** False: service accounts may not use basic authentication, as with single sign-on. */
  basicAuth: boolean;
  /** Whether a token may stand in for the password, as Bitbucket documents. */
  tokensAsPasswords: boolean;
  /** What stands before the REST API: nothing, a redirect to a sign-in page, or the page itself. */
  gate: 'none' | 'redirect' | 'page';
  longestTokenDays: number;
  /** False: a version whose tokens do not begin with their id. */
  idsInTokens: boolean;
  nextId(): number;
}

const LEVELS: readonly Level[] = ['READ', 'WRITE', 'ADMIN'];
const GLOBALS: readonly Global[] = ['LICENSED_USER', 'PROJECT_CREATE', 'ADMIN', 'SYS_ADMIN'];

export function createState(): BitbucketState {
  let last = 100;
  return {
    version: '9.2.1',
    users: [],
    tokens: [],
    projects: [],
    repositories: [],
    grants: [],
    licences: 10,
    writableDirectory: true,
    basicAuth: true,
    tokensAsPasswords: true,
    gate: 'none',
    longestTokenDays: 365,
    idsInTokens: true,
    nextId() {
      last += 1;
      return last;
    },
  };
}

export function addUser(
  state: BitbucketState,
  user: Pick<SandboxUser, 'name'> & Partial<SandboxUser>,
): SandboxUser {
  const whole = {
    id: state.nextId(),
    slug: user.name.toLowerCase().replaceAll(/[^a-z0-9._-]/g, '_'),
    email: `${user.name}@acme.example`,
    displayName: user.name,
    password: randomId(),
    active: true,
    global: null,
    failedSignIns: 0,
    ...user,
  };
  state.users.push(whole);
  return whole;
}

export function addToken(
  state: BitbucketState,
  userId: number,
  token: Pick<SandboxToken, 'name' | 'permissions' | 'createdDate' | 'expiryDays'>,
): SandboxToken {
  const id = String(252_973_515_000 + state.nextId());
  const start = state.idsInTokens ? Buffer.from(`${id}:`) : Buffer.alloc(0);
  const value = Buffer.concat([start, randomBytes(20)]).toString('base64');
  const whole = { id, value, userId, ...token };
  state.tokens.push(whole);
  return whole;
}

export function levelRank(level: Level | null): number {
  return level === null ? -1 : LEVELS.indexOf(level);
}

export function hasGlobal(user: SandboxUser, wanted: Global): boolean {
  return user.global !== null && GLOBALS.indexOf(user.global) >= GLOBALS.indexOf(wanted);
}

/** Licences are counted; a right above one's own can be neither given nor taken. */
export function setGlobal(
  state: BitbucketState,
  asker: SandboxUser,
  user: SandboxUser,
  wanted: Global | null,
): void {
  const isAbove = [wanted, user.global].some((right) => right !== null && !hasGlobal(asker, right));
  if (isAbove) throw new Refusal(409, 'You may not change this user.', 'IntegrityException');
  if (user.global === null && wanted !== null) {
    if (state.licences === 0) {
      const message = 'The number of licensed users would exceed the license limit.';
      throw new Refusal(403, message, 'user.LicenseLimitException');
    }
    state.licences -= 1;
  }
  if (user.global !== null && wanted === null) state.licences += 1;
  user.global = wanted;
}

/** The highest level a user has in a place, by a grant there, in its project, or as administrator. */
export function levelIn(
  state: BitbucketState,
  user: SandboxUser,
  place: Pick<SandboxGrant, 'project' | 'slug'>,
): Level | null {
  if (!hasGlobal(user, 'LICENSED_USER')) return null;
  if (hasGlobal(user, 'ADMIN')) return 'ADMIN';
  const levels = state.grants
    .filter(
      (grant) =>
        grant.userId === user.id &&
        grant.project === place.project &&
        (grant.slug === null || grant.slug === place.slug),
    )
    .map(({ level }) => levelRank(level));
  return LEVELS[Math.max(-1, ...levels)] ?? null;
}

export function setGrant(
  state: BitbucketState,
  user: SandboxUser,
  place: Pick<SandboxGrant, 'project' | 'slug'>,
  level: Level | null,
): void {
  const { project, slug } = place;
  state.grants = state.grants.filter(
    (grant) => grant.userId !== user.id || grant.project !== project || grant.slug !== slug,
  );
  if (level !== null) state.grants.push({ project, slug, userId: user.id, level });
}

export function userNamed(state: BitbucketState, name: string): SandboxUser {
  const user = state.users.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (user !== undefined) return user;
  throw new Refusal(404, `User ${name} does not exist.`, 'user.NoSuchUserException');
}

export function needPlace(
  state: BitbucketState,
  project: string,
  slug: string | null,
): Pick<SandboxGrant, 'project' | 'slug'> {
  if (!state.projects.some(({ key }) => key === project)) {
    const message = `Project ${project} does not exist.`;
    throw new Refusal(404, message, 'project.NoSuchProjectException');
  }
  const isThere = (one: SandboxRepository): boolean => one.project === project && one.slug === slug;
  if (slug !== null && !state.repositories.some(isThere)) {
    const message = `Repository ${project}/${slug} does not exist.`;
    throw new Refusal(404, message, 'repository.NoSuchRepositoryException');
  }
  return { project, slug };
}

export function removeUser(state: BitbucketState, user: SandboxUser): void {
  if (user.global !== null) state.licences += 1;
  state.users = state.users.filter((one) => one !== user);
  state.tokens = state.tokens.filter((token) => token.userId !== user.id);
  state.grants = state.grants.filter((grant) => grant.userId !== user.id);
}
