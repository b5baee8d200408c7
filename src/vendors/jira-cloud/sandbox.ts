import { Secret } from '../../domain/secret.ts';
import type { HumanTask } from '../../domain/task.ts';
import { randomId } from '../../lib/random.ts';
import { NOTHING } from '../../sandbox/kit/adapter-sandbox.ts';
import type { AdapterSandbox, Performed, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import { startServer } from '../../sandbox/kit/server.ts';
import { routesOf } from './sandbox-routes.ts';
import { addProject, addToken, addUser, createState } from './sandbox-state.ts';
import type { JiraState, SandboxProject, SandboxToken, SandboxUser } from './sandbox-state.ts';

export interface JiraCloudSandbox extends AdapterSandbox {
  /** Everything inside, for assertions and for setting the stage. */
  readonly state: JiraState;
  /** The administrator of the configuration. */
  readonly admin: SandboxUser;
  /** What the configuration gets where it names the organisation and its service accounts. */
  readonly withServiceAccounts: Readonly<Record<string, unknown>>;
  /** A service account that was made for something else. */
  addServiceAccount(description: string): SandboxUser;
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
    withServiceAccounts: {
      accounts: 'service',
      organisation: {
        id: state.organisation,
        api_key: new Secret(state.organisationKey),
        cloud_id: state.cloudId,
        base_url: server.url,
      },
    },
    perform: (task, about) => Promise.resolve(perform(state, task, about, inDays(100))),
    close: () => server.close(),
    state,
    admin,
    ...controls(state, admin, inDays),
  };
}

function perform(
  state: JiraState,
  task: HumanTask,
  about: { readonly address: string; readonly marker: string },
  expiresAt: string,
): Performed {
  if (task.id === 'make-service-account') {
    makeServiceAccount(state, task);
    return NOTHING;
  }
  if (task.id === 'create-service-token') {
    return { answers: {}, deposit: makeServiceToken(state, task, expiresAt) };
  }
  const user = state.users.find((one) => one.email === about.address);
  if (user === undefined) throw new Error(`Nobody was invited as ${about.address}.`);
  user.signedUp = true;
  user.active = true;
  if (task.id === 'finish-sign-up') return NOTHING;
  if (task.id !== 'create-api-token') throw new Error(`No person knows ${task.id}.`);
  const token = addToken(state, user.accountId, { label: about.marker, expiresAt });
  return { answers: {}, deposit: token.value };
}

function makeServiceAccount(state: JiraState, task: HumanTask): SandboxUser {
  return addServiceAccount(state, lineAfter(task, 'Name: '), lineAfter(task, 'Description: '));
}

/** Made with access to Jira, as the task says; its address is Atlassian's. */
function addServiceAccount(state: JiraState, displayName: string, description: string) {
  const id = randomId(8);
  return addUser(state, {
    email: `${id.toLowerCase()}@serviceaccount.atlassian.example`,
    displayName,
    service: { id, description },
  });
}

function makeServiceToken(state: JiraState, task: HumanTask, expiresAt: string): string {
  const opened = lineAfter(task, 'Open admin.atlassian.com, your organisation, ');
  const user = state.users.find(({ email }) => opened.includes(email));
  if (user?.service == null) throw new Error('There is no such service account.');
  const scopes = lineAfter(task, 'Scopes: tick exactly ').replace(/\.$/, '').split(', ');
  const label = lineAfter(task, 'Name: ');
  return addToken(state, user.accountId, { label, scoped: true, scopes, expiresAt }).value;
}

function lineAfter(task: HumanTask, start: string): string {
  const line = task.instructions.find((text) => text.startsWith(start));
  if (line === undefined) throw new Error(`The task ${task.id} does not say "${start}".`);
  return line.slice(start.length);
}

type Controls = Omit<
  JiraCloudSandbox,
  keyof AdapterSandbox | 'state' | 'admin' | 'withServiceAccounts'
>;

function controls(
  state: JiraState,
  admin: SandboxUser,
  inDays: (days: number) => string,
): Controls {
  return {
    addServiceAccount: (description) => addServiceAccount(state, 'Something else', description),
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
