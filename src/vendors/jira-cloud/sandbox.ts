import { Secret } from '../../domain/secret.ts';
import { NOTHING } from '../../sandbox/kit/adapter-sandbox.ts';
import type { AdapterSandbox, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import { startServer } from '../../sandbox/kit/server.ts';
import { routesOf } from './sandbox-routes.ts';
import { addProject, addToken, addUser, createState } from './sandbox-state.ts';
import type { JiraState, SandboxProject, SandboxToken, SandboxUser } from './sandbox-state.ts';

export interface JiraCloudSandbox extends AdapterSandbox {
  /** Everything inside, for assertions and for setting the stage. */
  readonly state: JiraState;
  /** The administrator of the configuration. */
  readonly admin: SandboxUser;
  seedProject(key: string, name: string): SandboxProject;
  /** A colleague who already uses Jira with this address. */
  takeAddress(email: string): SandboxUser;
  /** Makes our own account an ordinary user. */
  demoteAdmin(): void;
  makeToken(accountId: string, token?: Partial<SandboxToken>): string;
  user(accountId: string): SandboxUser;
  scopeItem(key: string): { id: string; name: string; kind: string };
}

const DAY_MS = 24 * 60 * 60_000;
const USERS = 'jira-users-acme';

/** Jira Cloud and its Atlassian accounts on loopback, with three projects. */
export async function openSandbox(deps: SandboxDeps): Promise<JiraCloudSandbox> {
  const state = createState();
  const inDays = (days: number): string =>
    new Date(deps.clock.now().getTime() + days * DAY_MS).toISOString();
  addProject(state, 'PLAT', 'Platform');
  addProject(state, 'SHOP', 'Shop');
  addProject(state, 'WEB', 'Website');
  const admin = addUser(state, {
    email: 'jira-admin@acme.example',
    displayName: 'Jira Admin',
    groups: ['site-admins', USERS],
  });
  const ownToken = addToken(state, admin.accountId, { expiresAt: inDays(300) });
  const server = await startServer({
    name: 'Jira Cloud',
    routes: routesOf({ state, now: () => deps.clock.now(), siteUrl: () => server.url }),
    ...(deps.port === undefined ? {} : { port: deps.port }),
  });
  return {
    servers: [server],
    config: {
      base_url: server.url,
      email: admin.email,
      api_token: new Secret(ownToken.value),
      groups: { contributor: [USERS], owner: [USERS] },
    },
    perform(task, about) {
      const user = state.users.find((one) => one.email === about.address);
      if (user === undefined) throw new Error(`Nobody was invited as ${about.address}.`);
      user.signedUp = true;
      user.active = true;
      if (task.id === 'finish-sign-up') return Promise.resolve(NOTHING);
      if (task.id !== 'create-api-token') throw new Error(`No person knows ${task.id}.`);
      const label = about.marker;
      const token = addToken(state, user.accountId, { label, expiresAt: inDays(100) });
      return Promise.resolve({ answers: {}, deposit: token.value });
    },
    close: () => server.close(),
    state,
    admin,
    ...controls(state, admin, inDays),
  };
}

type Controls = Omit<JiraCloudSandbox, keyof AdapterSandbox | 'state' | 'admin'>;

function controls(
  state: JiraState,
  admin: SandboxUser,
  inDays: (days: number) => string,
): Controls {
  return {
    seedProject: (key, name) => addProject(state, key, name),
    takeAddress: (email) => addUser(state, { email, groups: [USERS] }),
    demoteAdmin() {
      admin.groups = [USERS];
    },
    makeToken: (accountId, token) =>
      addToken(state, accountId, { expiresAt: inDays(100), ...token }).value,
    user(accountId) {
      const user = state.users.find((one) => one.accountId === accountId);
      if (user === undefined) throw new Error(`There is no ${accountId}.`);
      return user;
    },
    scopeItem(key) {
      const project = state.projects.find((one) => one.key === key);
      if (project === undefined) throw new Error(`There is no project ${key}.`);
      return { id: `project:${project.id}`, name: `${project.name} (${key})`, kind: 'project' };
    },
  };
}
