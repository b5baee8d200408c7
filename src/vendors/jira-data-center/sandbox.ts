import { Secret } from '../../domain/secret.ts';
import type { AdapterSandbox, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import { startServer } from '../../sandbox/kit/server.ts';
import { routesOf } from './sandbox-routes.ts';
import { addProject, addToken, addUser, createState } from './sandbox-state.ts';
import type { JiraState, SandboxProject, SandboxToken, SandboxUser } from './sandbox-state.ts';

export interface JiraDataCenterSandbox extends AdapterSandbox {
  /** Everything inside, for assertions and for setting the stage. */
  readonly state: JiraState;
  /** The administrator whose token is in the configuration. */
  readonly admin: SandboxUser;
  seedProject(key: string, name: string, type?: string): SandboxProject;
  /** Makes a token in the browser, past our adapter. */
  makeToken(user: SandboxUser, token?: Partial<SandboxToken>): string;
  user(key: string): SandboxUser;
  scopeItem(key: string): { id: string; name: string; kind: string };
}

const DAY_MS = 24 * 60 * 60_000;
const USERS = 'jira-software-users';

/** Jira Data Center on loopback, with three projects and a service desk. */
export async function openSandbox(deps: SandboxDeps): Promise<JiraDataCenterSandbox> {
  const state = createState();
  const now = (): Date => deps.clock.now();
  addProject(state, 'PLAT', 'Platform');
  addProject(state, 'SHOP', 'Shop');
  addProject(state, 'WEB', 'Website', 'business');
  addProject(state, 'HELP', 'Help desk', 'service_desk');
  const admin = addUser(state, { name: 'acme-jira-admin', groups: ['jira-administrators'] });
  const makeToken: JiraDataCenterSandbox['makeToken'] = (user, token = {}) => {
    const expiringAt = new Date(now().getTime() + 100 * DAY_MS).toISOString();
    const whole = { name: 'by hand', createdAt: now().toISOString(), expiringAt, ...token };
    return addToken(state, user.key, whole).value;
  };
  const server = await startServer({
    name: 'Jira Data Center',
    routes: routesOf({ state, now, siteUrl: () => server.url }),
    ...(deps.port === undefined ? {} : { port: deps.port }),
  });
  return {
    servers: [server],
    config: {
      base_url: server.url,
      admin_token: new Secret(makeToken(admin)),
      groups: { contributor: [USERS], owner: [USERS] },
      project_roles: { contributor: 'Developers', owner: 'Administrators' },
    },
    perform(task, about) {
      if (task.id !== 'create-token') throw new Error(`No person knows the task ${task.id}.`);
      const user = state.users.find((one) => one.email === about.address && one.active);
      if (user === undefined) throw new Error(`There is no account of ${about.address}.`);
      const deposit = makeToken(user, { name: `${about.marker}-1` });
      return Promise.resolve({ answers: {}, deposit });
    },
    close: () => server.close(),
    state,
    admin,
    makeToken,
    seedProject: (key, name, type) => addProject(state, key, name, type),
    user: (key) => found(state.users.find((one) => one.key === key)),
    scopeItem(key) {
      const { id, name } = found(state.projects.find((one) => one.key === key));
      return { id: `project:${id}`, name: `${name} (${key})`, kind: 'project' };
    },
  };
}

function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Error('There is no such thing in this Jira.');
  return thing;
}
