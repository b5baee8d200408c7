import { randomId } from '../../lib/random.ts';

/** A refusal as Jira words it; thrown by the state, sent by the server. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, message: string, errors: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.body = { errorMessages: message === '' ? [] : [message], errors };
  }
}

export interface SandboxUser {
  readonly key: string;
  readonly name: string;
  email: string;
  displayName: string;
  password: string;
  active: boolean;
  groups: string[];
  /** Has reported or been assigned issues: then Jira does not delete the account. */
  hasHistory: boolean;
  /** Sign-ins with a wrong password in a row; from the third on Jira wants a CAPTCHA. */
  failedSignIns: number;
}

export interface SandboxToken {
  readonly id: number;
  readonly value: string;
  readonly userKey: string;
  name: string;
  createdAt: string;
  expiringAt: string | null;
}

export interface SandboxProject {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly type: string;
  /** Role name → usernames in it. */
  readonly roles: Map<string, Set<string>>;
}

export interface SandboxGroup {
  readonly name: string;
  /** Global permissions the group gives; `USE` is the access to Jira itself. */
  gives: readonly string[];
}

export interface JiraState {
  version: string;
  users: SandboxUser[];
  tokens: SandboxToken[];
  readonly projects: SandboxProject[];
  readonly groups: SandboxGroup[];
  /** Free Jira licences; a group that gives access needs one. */
  licences: number;
  /** False: the directory belongs to somebody else, as with LDAP. */
  writableDirectory: boolean;
  /** False: single sign-on has switched basic authentication off. */
  basicAuth: boolean;
  /** What stands before the REST API: nothing, a redirect to a sign-in page, or the page itself. */
  gate: 'none' | 'redirect' | 'page';
  longestTokenDays: number;
  nextId(): number;
}

/** What each project role gives in its project under the permission scheme. */
const ROLE_GIVES: Readonly<Record<string, readonly string[]>> = {
  Administrators: ['BROWSE_PROJECTS', 'CREATE_ISSUES', 'ADMINISTER_PROJECTS'],
  Developers: ['BROWSE_PROJECTS', 'CREATE_ISSUES'],
  Viewers: ['BROWSE_PROJECTS'],
};
export const ROLES = Object.keys(ROLE_GIVES);

export function createState(): JiraState {
  let last = 10_100;
  return {
    version: '10.3.5',
    users: [],
    tokens: [],
    projects: [],
    groups: [
      { name: 'jira-software-users', gives: ['USE', 'USER_PICKER'] },
      { name: 'jira-administrators', gives: ['USE', 'USER_PICKER', 'ADMINISTER'] },
    ],
    licences: 10,
    writableDirectory: true,
    basicAuth: true,
    gate: 'none',
    longestTokenDays: 365,
    nextId() {
      last += 1;
      return last;
    },
  };
}

export function addProject(
  state: JiraState,
  key: string,
  name: string,
  type = 'software',
): SandboxProject {
  const roles = new Map(ROLES.map((role) => [role, new Set<string>()]));
  const project = { id: String(state.nextId()), key, name, type, roles };
  state.projects.push(project);
  return project;
}

export function addUser(
  state: JiraState,
  user: Pick<SandboxUser, 'name'> & Partial<SandboxUser>,
): SandboxUser {
  const whole = {
    key: `JIRAUSER${state.nextId()}`,
    email: `${user.name}@acme.example`,
    displayName: user.name,
    password: randomId(),
    active: true,
    groups: [],
    hasHistory: false,
    failedSignIns: 0,
    ...user,
  };
  state.users.push(whole);
  return whole;
}

export function addToken(
  state: JiraState,
  userKey: string,
  token: Pick<SandboxToken, 'name' | 'createdAt' | 'expiringAt'>,
): SandboxToken {
  const whole = { id: state.nextId(), value: randomId(33), userKey, ...token };
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
  const roles = ROLES.filter((role) => project.roles.get(role)?.has(user.name));
  return new Set(roles.flatMap((role) => ROLE_GIVES[role] ?? []));
}

export function userNamed(state: JiraState, name: string): SandboxUser {
  const user = state.users.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (user !== undefined) return user;
  throw new Refusal(404, `The user named '${name}' does not exist`);
}

export function groupNamed(state: JiraState, name: string): SandboxGroup {
  const group = state.groups.find((one) => one.name === name);
  if (group !== undefined) return group;
  throw new Refusal(404, `The group named '${name}' does not exist.`);
}

export function joinGroup(state: JiraState, user: SandboxUser, group: SandboxGroup): void {
  if (user.groups.includes(group.name)) {
    throw new Refusal(400, 'Cannot add user. User is already a member of the group.');
  }
  if (group.gives.includes('USE') && !globalPermissions(state, user).has('USE')) {
    if (state.licences === 0) throw new Refusal(400, 'The number of licensed users is exceeded.');
    state.licences -= 1;
  }
  user.groups.push(group.name);
}

export function removeUser(state: JiraState, user: SandboxUser): void {
  if (user.hasHistory) {
    throw new Refusal(400, `Cannot delete user '${user.name}', who has reported issues.`);
  }
  state.users = state.users.filter((one) => one !== user);
  state.tokens = state.tokens.filter((token) => token.userKey !== user.key);
  for (const project of state.projects) {
    for (const members of project.roles.values()) members.delete(user.name);
  }
}
