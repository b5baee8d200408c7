import { randomBytes } from 'node:crypto';

import type { Clock } from '../../lib/clock.ts';

export type RepositoryRole = 'none' | 'read' | 'triage' | 'write' | 'maintain' | 'admin';
type OrgRole = 'admin' | 'member' | 'direct_member';

export interface SandboxUser {
  readonly id: number;
  login: string;
  email: string;
  name: string;
  bio: string | null;
  type: 'User' | 'Organization';
}

export interface SandboxRepository {
  readonly id: number;
  readonly full_name: string;
  readonly private: boolean;
  readonly direct: Map<number, RepositoryRole>;
}

export interface SandboxInvitation {
  readonly id: number;
  readonly userId: number;
  readonly role: OrgRole;
  readonly createdAt: string;
}

export interface SandboxToken {
  readonly id: number;
  readonly value: string;
  readonly userId: number;
  readonly name: string;
  readonly createdAt: string;
  /** Null: it never expires, which GitHub allows for classic ones. */
  readonly expiresAt: string | null;
  readonly scopes: readonly string[] | null;
  readonly owner: string;
  readonly permissions: Readonly<Record<'organization' | 'repository', Record<string, string>>>;
  readonly selection: 'none' | 'all' | 'subset';
  readonly repositories: readonly string[];
  state: 'active' | 'pending' | 'denied';
}

export type TokenWish = Partial<
  Omit<SandboxToken, 'id' | 'value' | 'userId' | 'createdAt' | 'state'>
> & {
  readonly name: string;
};

const RANKS: readonly RepositoryRole[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];
const INVITATION_DAYS = 7;
const DAY_MS = 24 * 60 * 60 * 1000;

export type SandboxWorld = ReturnType<typeof createWorld>;

/** The organisation as GitHub keeps it, and the doors that people use. */
export function createWorld(org: string, clock: Clock) {
  const state = {
    users: [] as SandboxUser[],
    members: new Map<number, 'admin' | 'member'>(),
    invitations: [] as SandboxInvitation[],
    failed: [] as (SandboxInvitation & { reason: string; failedAt: string })[],
    repositories: [] as SandboxRepository[],
    tokens: [] as SandboxToken[],
    basePermission: 'none' as 'none' | 'read' | 'write' | 'admin',
    approvalNeeded: false,
    invitationsLeft: 50,
    seats: 100,
    appPermissions: {
      administration: 'write',
      members: 'write',
      metadata: 'read',
      organization_personal_access_token_requests: 'write',
      organization_personal_access_tokens: 'read',
    } as Record<string, string>,
  };
  let lastId = 1000;
  const nextId = () => (lastId += 1);
  const findUser = (login: string) =>
    state.users.find((user) => user.login.toLowerCase() === login.toLowerCase());
  const people = peopleDoors(state, org, clock, nextId, findUser);
  return {
    org,
    state,
    nextId,
    findUser,
    ...people,
    ...invitationDoors(state, clock, people.needUser),
    ...repositoryDoors(state, org, nextId),
  };
}

type State = {
  users: SandboxUser[];
  members: Map<number, 'admin' | 'member'>;
  invitations: SandboxInvitation[];
  failed: (SandboxInvitation & { reason: string; failedAt: string })[];
  repositories: SandboxRepository[];
  tokens: SandboxToken[];
  basePermission: 'none' | 'read' | 'write' | 'admin';
  approvalNeeded: boolean;
};

function peopleDoors(
  state: State,
  org: string,
  clock: Clock,
  nextId: () => number,
  findUser: (login: string) => SandboxUser | undefined,
) {
  function register(login: string, profile: Partial<SandboxUser> = {}): SandboxUser {
    if (findUser(login) !== undefined) throw new Error(`Username ${login} is not available`);
    const user: SandboxUser = {
      id: nextId(),
      login,
      email: '',
      name: '',
      bio: null,
      type: 'User',
      ...profile,
    };
    state.users.push(user);
    return user;
  }

  function needUser(login: string): SandboxUser {
    const user = findUser(login);
    if (user === undefined) throw new Error(`no user ${login}`);
    return user;
  }

  // Tokens of owners are approved by being theirs.
  const waitsForApproval = (userId: number) =>
    state.approvalNeeded && state.members.get(userId) !== 'admin';

  /** The "New token" page; it refuses what GitHub's page refuses. */
  function makeToken(login: string, wish: TokenWish): SandboxToken {
    const { id: userId } = needUser(login);
    const classic = wish.scopes !== undefined && wish.scopes !== null;
    const expiresAt = wish.expiresAt ?? null;
    if (!classic && expiresAt === null) throw new Error('a fine-grained token needs an expiration');
    const token: SandboxToken = {
      id: nextId(),
      value: `${classic ? 'ghp_' : 'github_pat_'}${randomBytes(24).toString('hex')}`,
      userId,
      createdAt: clock.now().toISOString(),
      scopes: null,
      owner: org,
      permissions: { organization: {}, repository: {} },
      selection: 'subset',
      repositories: [],
      ...wish,
      expiresAt,
      state: !classic && waitsForApproval(userId) ? 'pending' : 'active',
    };
    state.tokens.push(token);
    return token;
  }

  function deleteUser(login: string): void {
    const user = needUser(login);
    state.users.splice(state.users.indexOf(user), 1);
    state.members.delete(user.id);
    for (const repository of state.repositories) repository.direct.delete(user.id);
    state.tokens = state.tokens.filter((token) => token.userId !== user.id);
  }

  return { register, makeToken, deleteUser, needUser };
}

function invitationDoors(state: State, clock: Clock, needUser: (login: string) => SandboxUser) {
  function accept(login: string): void {
    const { id } = needUser(login);
    const open = state.invitations.find((invitation) => invitation.userId === id);
    if (open === undefined) throw new Error(`${login} has no invitation`);
    state.invitations.splice(state.invitations.indexOf(open), 1);
    state.members.set(id, open.role === 'admin' ? 'admin' : 'member');
  }

  function expireInvitations(): void {
    const limit = clock.now().getTime() - INVITATION_DAYS * DAY_MS;
    for (const old of state.invitations.filter((one) => Date.parse(one.createdAt) < limit)) {
      failInvitation(old, 'Invitation expired. User did not accept this invite for 7 days');
    }
  }

  function failInvitation(invitation: SandboxInvitation, reason: string): void {
    state.invitations.splice(state.invitations.indexOf(invitation), 1);
    state.failed.push({ ...invitation, reason, failedAt: clock.now().toISOString() });
  }

  return { accept, expireInvitations, failInvitation };
}

function repositoryDoors(state: State, org: string, nextId: () => number) {
  function addRepository(name: string, visibility: 'private' | 'public' = 'private') {
    const repository: SandboxRepository = {
      id: nextId(),
      full_name: `${org}/${name}`,
      private: visibility === 'private',
      direct: new Map(),
    };
    state.repositories.push(repository);
    return repository;
  }

  function roleOn(repository: SandboxRepository, userId: number): RepositoryRole {
    const membership = state.members.get(userId);
    const roles: RepositoryRole[] = [
      repository.private ? 'none' : 'read',
      membership === 'admin' ? 'admin' : 'none',
      membership === undefined ? 'none' : state.basePermission,
      repository.direct.get(userId) ?? 'none',
    ];
    return roles.reduce((high, role) => (RANKS.indexOf(role) > RANKS.indexOf(high) ? role : high));
  }

  const findRepository = (fullName: string) =>
    state.repositories.find(
      (repository) => repository.full_name.toLowerCase() === fullName.toLowerCase(),
    );

  /** What a token shows of a repository; a fine-grained one only what was selected for it. */
  function sees(token: SandboxToken, repository: SandboxRepository): boolean {
    if (!repository.private) return true;
    if (roleOn(repository, token.userId) === 'none') return false;
    if (token.scopes !== null) return token.scopes.includes('repo');
    const isOurs = token.owner === org && token.state === 'active';
    const isSelected =
      token.selection === 'all' || token.repositories.includes(repository.full_name);
    return isOurs && isSelected;
  }

  return { addRepository, roleOn, findRepository, sees };
}
