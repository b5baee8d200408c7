import { randomId } from '../../lib/random.ts';

/** A refusal as GitLab words it; thrown by the state, sent by the server. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    super(JSON.stringify(body));
    this.status = status;
    this.body = body;
  }
}

export interface SandboxUser {
  id: number;
  username: string;
  name: string;
  email: string;
  unconfirmedEmail: string | null;
  /** Id of the owning group, `instance`, or null for a person. */
  serviceOf: number | 'instance' | null;
  isAdmin: boolean;
}

export interface SandboxToken {
  id: number;
  value: string;
  name: string;
  scopes: readonly string[];
  userId: number;
  expiresAt: string | null;
  revoked: boolean;
}

export interface SandboxPlace {
  readonly kind: 'group' | 'project';
  readonly id: number;
  readonly fullPath: string;
  readonly parentId: number | null;
}

export interface SandboxMembership {
  readonly kind: 'group' | 'project';
  readonly placeId: number;
  readonly userId: number;
  level: number;
}

export interface GitlabState {
  users: SandboxUser[];
  tokens: SandboxToken[];
  places: SandboxPlace[];
  memberships: SandboxMembership[];
  version: string;
  /** How many service accounts the plan allows. */
  accountLimit: number;
  /** A verified domain or a relaxed setting spares the confirmation. */
  confirmsAddresses: boolean;
  /** https://docs.gitlab.com/administration/settings/account_and_limit_settings/ */
  longestTokenDays: number;
  nextId(): number;
}

export function createState(): GitlabState {
  let last = 40;
  return {
    users: [],
    tokens: [],
    places: [],
    memberships: [],
    version: '18.11.2-ee',
    accountLimit: 100,
    confirmsAddresses: false,
    longestTokenDays: 365,
    nextId() {
      last += 1;
      return last;
    },
  };
}

export function addPlace(
  state: GitlabState,
  kind: 'group' | 'project',
  fullPath: string,
): SandboxPlace {
  const above = fullPath.slice(0, Math.max(0, fullPath.lastIndexOf('/')));
  const parent = state.places.find((place) => place.kind === 'group' && place.fullPath === above);
  const place = { kind, id: state.nextId(), fullPath, parentId: parent?.id ?? null };
  state.places.push(place);
  return place;
}

export function addUser(
  state: GitlabState,
  user: Pick<SandboxUser, 'username' | 'name'> & Partial<SandboxUser>,
): SandboxUser {
  const whole = {
    id: state.nextId(),
    email: `${user.username}@noreply.gitlab.example`,
    unconfirmedEmail: null,
    serviceOf: null,
    isAdmin: false,
    ...user,
  };
  state.users.push(whole);
  return whole;
}

export function addToken(
  state: GitlabState,
  token: Pick<SandboxToken, 'name' | 'scopes' | 'userId' | 'expiresAt'>,
): SandboxToken {
  const whole = { id: state.nextId(), value: `glpat-${randomId(15)}`, revoked: false, ...token };
  state.tokens.push(whole);
  return whole;
}

export function findPlace(
  state: GitlabState,
  kind: 'group' | 'project',
  idOrPath: string,
): SandboxPlace {
  const place = state.places.find(
    (one) => one.kind === kind && (String(one.id) === idOrPath || one.fullPath === idOrPath),
  );
  if (place !== undefined) return place;
  throw new Refusal(404, { message: `404 ${kind === 'group' ? 'Group' : 'Project'} Not Found` });
}

export function placesAbove(state: GitlabState, place: SandboxPlace): SandboxPlace[] {
  const parent = state.places.find((one) => one.kind === 'group' && one.id === place.parentId);
  return parent === undefined ? [] : [parent, ...placesAbove(state, parent)];
}

/** The highest level a user has in a place, directly or through a group above. */
export function effectiveLevel(state: GitlabState, place: SandboxPlace, userId: number): number {
  const levels = [place, ...placesAbove(state, place)].map(
    (one) => directMembership(state, one, userId)?.level ?? 0,
  );
  return Math.max(...levels);
}

export function directMembership(
  state: GitlabState,
  place: SandboxPlace,
  userId: number,
): SandboxMembership | undefined {
  return state.memberships.find(
    (one) => one.kind === place.kind && one.placeId === place.id && one.userId === userId,
  );
}

export function removeUser(state: GitlabState, userId: number): void {
  state.users = state.users.filter((user) => user.id !== userId);
  state.memberships = state.memberships.filter((one) => one.userId !== userId);
  for (const token of state.tokens) if (token.userId === userId) token.revoked = true;
}
