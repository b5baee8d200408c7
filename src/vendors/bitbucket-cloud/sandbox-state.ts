import { randomUUID } from 'node:crypto';

import { randomId } from '../../lib/random.ts';

/** A refusal as Bitbucket words it; thrown by the state, sent by the server. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, message: string, detail?: unknown) {
    super(message);
    this.status = status;
    this.body = {
      type: 'error',
      error: { message, ...(detail === undefined ? {} : { detail }) },
    };
  }
}

export const LEVELS = ['read', 'write', 'admin'];

export interface SandboxUser {
  readonly accountId: string;
  readonly uuid: string;
  readonly email: string;
  displayName: string;
  /** Has finished the sign-up; only then it can have tokens. */
  signedUp: boolean;
  /** Member of the workspace. */
  member: boolean;
  administrator: boolean;
  /** Known to the organisation's directory. */
  inDirectory: boolean;
  /** The organisation manages the account, so it may see and end its tokens. */
  managed: boolean;
}

export interface SandboxToken {
  readonly id: string;
  readonly value: string;
  readonly accountId: string;
  readonly label: string;
  /** Empty for a token made without scopes, which Bitbucket refuses. */
  scopes: string[];
  expiresAt: string;
  revoked: boolean;
}

/** Permissions given in the place itself: account → level. */
type Grants = Map<string, string>;

export interface SandboxProject {
  readonly key: string;
  readonly name: string;
  readonly grants: Grants;
}

export interface SandboxRepository {
  readonly uuid: string;
  readonly slug: string;
  readonly project: SandboxProject;
  readonly grants: Grants;
}

export interface BitbucketState {
  readonly workspace: { readonly slug: string; readonly uuid: string };
  readonly organisation: string;
  readonly directory: string;
  users: SandboxUser[];
  tokens: SandboxToken[];
  projects: SandboxProject[];
  repositories: SandboxRepository[];
  /** Free seats of the plan; a user's first permission needs one. */
  seats: number;
  /** Whether an invited account is a member before its sign-up; Atlassian documents neither. */
  invitedAreMembers: boolean;
  /** Whether answers name the token's scopes. */
  tellsScopes: boolean;
}

export function createState(): BitbucketState {
  return {
    workspace: { slug: 'acme', uuid: `{${randomUUID()}}` },
    organisation: randomUUID(),
    directory: randomUUID(),
    users: [],
    tokens: [],
    projects: [],
    repositories: [],
    seats: 10,
    invitedAreMembers: false,
    tellsScopes: true,
  };
}

export function addProject(state: BitbucketState, key: string, name: string): SandboxProject {
  const project = { key, name, grants: new Map<string, string>() };
  state.projects.push(project);
  return project;
}

export function addRepository(
  state: BitbucketState,
  project: SandboxProject,
  slug: string,
): SandboxRepository {
  const repository = { uuid: `{${randomUUID()}}`, slug, project, grants: new Map() };
  state.repositories.push(repository);
  return repository;
}

export function addUser(
  state: BitbucketState,
  user: Pick<SandboxUser, 'email'> & Partial<SandboxUser>,
): SandboxUser {
  const whole = {
    accountId: `712020:${randomUUID()}`,
    uuid: `{${randomUUID()}}`,
    displayName: user.email.split('@')[0] ?? '',
    signedUp: true,
    member: true,
    administrator: false,
    inDirectory: true,
    managed: false,
    ...user,
  };
  state.users.push(whole);
  return whole;
}

export function addToken(
  state: BitbucketState,
  accountId: string,
  token: Partial<SandboxToken> & Pick<SandboxToken, 'expiresAt' | 'scopes'>,
): SandboxToken {
  const value = `ATATT3xFfGF0${randomId(24)}`;
  const whole = { id: randomUUID(), value, accountId, label: 'by hand', revoked: false, ...token };
  state.tokens.push(whole);
  return whole;
}

/** The highest permission through the workspace, the project and the repository; none is undefined. */
export function levelIn(
  { grants, project }: SandboxRepository,
  user: SandboxUser,
): string | undefined {
  if (!user.member) return undefined;
  if (user.administrator) return 'admin';
  const given = [grants.get(user.accountId), project.grants.get(user.accountId)];
  return LEVELS.findLast((level) => given.includes(level));
}

export function invite(state: BitbucketState, email: string): SandboxUser {
  const known = state.users.find((user) => user.email.toLowerCase() === email.toLowerCase());
  if (known !== undefined) {
    known.inDirectory = true;
    return known;
  }
  return addUser(state, { email, signedUp: false, member: state.invitedAreMembers });
}

/** What the person does who follows the invitation. */
export function signUp(user: SandboxUser, displayName: string): void {
  user.signedUp = true;
  user.member = true;
  user.displayName = displayName;
}

export function removeUser(state: BitbucketState, user: SandboxUser): void {
  user.member = false;
  user.inDirectory = false;
  user.administrator = false;
  for (const { grants } of [...state.projects, ...state.repositories]) {
    grants.delete(user.accountId);
  }
}
