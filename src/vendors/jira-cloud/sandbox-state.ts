import { randomId } from '../../lib/random.ts';

/** A refusal as Jira words it; thrown by the state, sent by the server. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, ...messages: string[]) {
    super(messages.join(' '));
    this.status = status;
    this.body = { errorMessages: messages, errors: {} };
  }
}

export interface SandboxUser {
  readonly accountId: string;
  readonly email: string;
  displayName: string;
  /** Privacy: others do not see the address. */
  hidesAddress: boolean;
  active: boolean;
  /** Has finished the sign-up; only then it can have tokens. */
  signedUp: boolean;
  /** Part of this site's user base. */
  onSite: boolean;
  groups: string[];
  properties: Map<string, unknown>;
  /** The organisation manages the account, so it may see and end its tokens. */
  managed: boolean;
  /** What makes it a service account: nobody signs in as it. */
  service: { readonly id: string; readonly description: string } | null;
}

export interface SandboxToken {
  readonly value: string;
  readonly accountId: string;
  readonly label: string;
  /** A scoped token is refused at the site's own address. */
  readonly scoped: boolean;
  readonly scopes: readonly string[];
  expiresAt: string;
  revoked: boolean;
}

export interface SandboxProject {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  /** Role name → accounts in it. */
  readonly roles: Map<string, Set<string>>;
}

export interface SandboxGroup {
  readonly id: string;
  readonly name: string;
  /** Global permissions the group gives; `USE` is the access to Jira itself. */
  readonly gives: readonly string[];
}

export interface JiraState {
  readonly cloudId: string;
  readonly organisation: string;
  readonly organisationKey: string;
  /** What the organisation's key may do besides managing people. */
  keyScopes: string[];
  users: SandboxUser[];
  tokens: SandboxToken[];
  readonly projects: SandboxProject[];
  readonly groups: SandboxGroup[];
  /** Free Jira licences; a group that gives access needs one. */
  licences: number;
  /** Whether an invited account shows as inactive until its sign-up; Jira documents neither. */
  invitedAreInactive: boolean;
}

/** What each project role gives in its project under the default permission scheme. */
const ROLE_GIVES: Readonly<Record<string, readonly string[]>> = {
  Administrators: ['BROWSE_PROJECTS', 'CREATE_ISSUES', 'ADMINISTER_PROJECTS'],
  Member: ['BROWSE_PROJECTS', 'CREATE_ISSUES'],
  Viewer: ['BROWSE_PROJECTS'],
};
export const ROLES = Object.keys(ROLE_GIVES);

export function createState(): JiraState {
  return {
    cloudId: '11223344-a1b2-4c3d-8e4f-5a6b7c8d9e0f',
    organisation: '1a2b3c4d-0000-4000-8000-5e6f7a8b9c0d',
    organisationKey: `ATCTT3xFfGN0${randomId(24)}`,
    keyScopes: ['read:service-accounts:admin', 'write:service-accounts:admin'],
    users: [],
    tokens: [],
    projects: [],
    groups: [
      {
        id: '276f955c-63d7-42c8-9520-92d01dca0625',
        name: 'jira-users-acme',
        gives: ['USE', 'USER_PICKER'],
      },
      {
        id: '6e87dc72-4f1f-421f-9382-2fee8b652487',
        name: 'site-admins',
        gives: ['USE', 'USER_PICKER', 'ADMINISTER', 'SITE_ADMIN'],
      },
    ],
    licences: 10,
    invitedAreInactive: false,
  };
}

export function addProject(state: JiraState, key: string, name: string): SandboxProject {
  const project = {
    id: String(10_001 + state.projects.length),
    key,
    name,
    roles: new Map(ROLES.map((role) => [role, new Set<string>()])),
  };
  state.projects.push(project);
  return project;
}

export function addUser(
  state: JiraState,
  user: Pick<SandboxUser, 'email'> & Partial<SandboxUser>,
): SandboxUser {
  const whole = {
    accountId: `712020:${randomId(12)}`,
    displayName: user.email.split('@')[0] ?? '',
    hidesAddress: false,
    active: true,
    signedUp: true,
    onSite: true,
    groups: [],
    properties: new Map(),
    managed: false,
    service: null,
    ...user,
  };
  state.users.push(whole);
  return whole;
}

export function addToken(
  state: JiraState,
  accountId: string,
  token: Partial<SandboxToken> & Pick<SandboxToken, 'expiresAt'>,
): SandboxToken {
  const value = `ATATT3xFfGF0${randomId(24)}`;
  const whole = {
    value,
    accountId,
    label: 'by hand',
    scoped: false,
    scopes: [],
    revoked: false,
    ...token,
  };
  state.tokens.push(whole);
  return whole;
}

/** Global permissions through groups. */
export function globalPermissions(state: JiraState, user: SandboxUser): Set<string> {
  const groups = state.groups.filter((group) => user.groups.includes(group.name));
  return new Set(groups.flatMap((group) => group.gives));
}

/** Project permissions through roles; nothing without access to Jira. */
export function projectPermissions(
  state: JiraState,
  user: SandboxUser,
  project: SandboxProject,
): Set<string> {
  const global = globalPermissions(state, user);
  if (!global.has('USE')) return new Set();
  if (global.has('ADMINISTER')) return new Set(ROLE_GIVES['Administrators']);
  const roles = ROLES.filter((role) => project.roles.get(role)?.has(user.accountId));
  return new Set(roles.flatMap((role) => ROLE_GIVES[role] ?? []));
}

export function siteUser(state: JiraState, accountId: string): SandboxUser {
  const user = state.users.find((one) => one.accountId === accountId && one.onSite);
  if (user !== undefined) return user;
  throw new Refusal(404, 'The user named is not found.');
}

/** Invites as Jira does: an account with access is answered with 201 again, one without with 400. */
export function inviteUser(state: JiraState, email: string): SandboxUser {
  const known = state.users.find((one) => one.email.toLowerCase() === email.toLowerCase());
  if (known !== undefined) {
    if (known.onSite && globalPermissions(state, known).has('USE')) return known;
    throw new Refusal(400, 'The user exists but has no access to Jira.');
  }
  return addUser(state, { email, signedUp: false, active: !state.invitedAreInactive });
}

export function joinGroup(state: JiraState, user: SandboxUser, group: SandboxGroup): void {
  if (user.groups.includes(group.name)) {
    throw new Refusal(400, 'Cannot add user. The user is already a member of the group.');
  }
  if (group.gives.includes('USE') && !globalPermissions(state, user).has('USE')) {
    if (state.licences === 0) throw new Refusal(400, 'The number of licensed users is exceeded.');
    state.licences -= 1;
  }
  user.groups.push(group.name);
}

export function removeUser(state: JiraState, user: SandboxUser): void {
  user.onSite = false;
  user.groups = [];
  user.properties = new Map();
  for (const project of state.projects) {
    for (const members of project.roles.values()) members.delete(user.accountId);
  }
}
