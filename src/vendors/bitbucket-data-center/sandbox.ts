import { Secret } from '../../domain/secret.ts';
import type { AdapterSandbox, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import { startServer } from '../../sandbox/kit/server.ts';
import { levelNamed } from './sandbox-permissions.ts';
import { routesOf } from './sandbox-routes.ts';
import { addToken, addUser, createState, setGrant } from './sandbox-state.ts';
import type { BitbucketState, SandboxToken, SandboxUser } from './sandbox-state.ts';

export interface BitbucketDataCenterSandbox extends AdapterSandbox {
  /** Everything inside, for assertions and for setting the stage. */
  readonly state: BitbucketState;
  /** The administrator of the configuration. */
  readonly admin: SandboxUser;
  seedRepository(project: string, slug: string): void;
  /** Makes a token in the browser, past our adapter. */
  makeToken(userId: number, token?: Partial<SandboxToken>): string;
  /** Gives `PROJECT_ADMIN` on `PLAT` or `REPO_READ` on `PLAT/api`, past our adapter. */
  grant(userId: number, where: string, permission: string): void;
  user(id: string): SandboxUser;
  scopeItem(where: string): { id: string; name: string; kind: string };
}

const PROJECTS = { PLAT: 'Platform', SHOP: 'Shop' };
const REPOSITORIES = ['PLAT/api', 'PLAT/web', 'SHOP/checkout'];

/** Bitbucket Data Center on loopback, with two projects and three repositories. */
export async function openSandbox(deps: SandboxDeps): Promise<BitbucketDataCenterSandbox> {
  const state = createState();
  const now = (): Date => deps.clock.now();
  for (const [key, name] of Object.entries(PROJECTS)) state.projects.push({ key, name });
  for (const where of REPOSITORIES) {
    const [project = '', slug = ''] = where.split('/');
    state.repositories.push({ project, slug });
  }
  const admin = addUser(state, { name: 'flow-accounts-admin', global: 'ADMIN' });
  const server = await startServer({
    name: 'Bitbucket Data Center',
    routes: routesOf({ state, now }),
    ...(deps.port === undefined ? {} : { port: deps.port }),
  });
  const control = controls(state, now);
  return {
    servers: [server],
    config: {
      base_url: server.url,
      admin_username: admin.name,
      admin_password: new Secret(admin.password),
    },
    perform(task, about) {
      if (task.id !== 'create-token') throw new Error(`No person knows the task ${task.id}.`);
      const { id } = found(state.users.find((one) => one.email === about.address));
      const text = task.instructions.join(' ');
      const [, project = ''] = /"Project (\w+)"/.exec(text) ?? [];
      const [, repository = ''] = /"Repository (\w+)"/.exec(text) ?? [];
      const permissions = [`PROJECT_${project}`, `REPO_${repository}`].map((one) =>
        one.toUpperCase(),
      );
      const name = `${about.marker}-1`;
      const deposit = control.makeToken(id, { name, permissions });
      return Promise.resolve({ answers: {}, deposit });
    },
    close: () => server.close(),
    state,
    admin,
    ...control,
  };
}

type Controls = Omit<BitbucketDataCenterSandbox, keyof AdapterSandbox | 'state' | 'admin'>;

function controls(state: BitbucketState, now: () => Date): Controls {
  return {
    seedRepository: (project, slug) => void state.repositories.push({ project, slug }),
    makeToken: (userId, token) =>
      addToken(state, userId, {
        name: 'by hand',
        permissions: ['PROJECT_READ', 'REPO_READ'],
        createdDate: now().getTime(),
        expiryDays: 100,
        ...token,
      }).value,
    grant(userId, where, permission) {
      const [project = '', slug = null] = where.split('/');
      const level = levelNamed(permission, slug === null ? 'PROJECT' : 'REPO');
      const user = found(state.users.find(({ id }) => id === userId));
      setGrant(state, user, { project, slug }, level);
    },
    user: (id) => found(state.users.find((one) => String(one.id) === id)),
    scopeItem(where) {
      if (where.includes('/'))
        return { id: `repository:${where}`, name: where, kind: 'repository' };
      const { key, name } = found(state.projects.find((one) => one.key === where));
      return { id: `project:${key}`, name: `${name} (${key})`, kind: 'project' };
    },
  };
}

function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Error('There is no such thing in this Bitbucket.');
  return thing;
}
