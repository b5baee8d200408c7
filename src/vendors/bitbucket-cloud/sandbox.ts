import type { HumanTask } from '../../domain/task.ts';
import { Secret } from '../../domain/secret.ts';
import { randomId } from '../../lib/random.ts';
import { NOTHING } from '../../sandbox/kit/adapter-sandbox.ts';
import type { AdapterSandbox, Performed, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import { startServer } from '../../sandbox/kit/server.ts';
import { routesOf } from './sandbox-routes.ts';
import {
  addProject,
  addRepository,
  addToken,
  addUser,
  createState,
  invite,
  removeUser,
  signUp,
} from './sandbox-state.ts';
import type {
  BitbucketState,
  SandboxRepository,
  SandboxToken,
  SandboxUser,
} from './sandbox-state.ts';

export interface BitbucketCloudSandbox extends AdapterSandbox {
  /** Everything inside, for assertions and for setting the stage. */
  readonly state: BitbucketState;
  /** The administrator of the configuration, and its token. */
  readonly admin: SandboxUser;
  readonly ownToken: SandboxToken;
  /** A colleague who already uses Bitbucket with this address. */
  takeAddress(email: string): SandboxUser;
  makeToken(accountId: string, token: Pick<SandboxToken, 'scopes'> & Partial<SandboxToken>): string;
  user(accountId: string): SandboxUser;
  repository(slug: string): SandboxRepository;
  /** `PLAT` for a project, `api` for a repository. */
  scopeItem(name: string): { id: string; name: string; kind: string };
}

const DAY_MS = 24 * 60 * 60_000;
const OWN_SCOPES = [
  'read:user',
  'read:workspace',
  'read:project',
  'read:repository',
  'admin:project',
  'admin:repository',
  'write:permission',
  'delete:permission',
].map((name) => `${name}:bitbucket`);

/** Bitbucket Cloud and Atlassian's administration on loopback, with two projects in one workspace. */
export async function openSandbox(deps: SandboxDeps): Promise<BitbucketCloudSandbox> {
  const state = createState();
  const inDays = (days: number): string =>
    new Date(deps.clock.now().getTime() + days * DAY_MS).toISOString();
  const platform = addProject(state, 'PLAT', 'Platform');
  addRepository(state, platform, 'api');
  addRepository(state, platform, 'worker');
  addRepository(state, addProject(state, 'SHOP', 'Shop'), 'storefront');
  const admin = addUser(state, {
    email: 'bitbucket-admin@acme.example',
    displayName: 'Bitbucket Admin',
    administrator: true,
  });
  const ownToken = addToken(state, admin.accountId, {
    scopes: [...OWN_SCOPES],
    expiresAt: inDays(300),
  });
  const organisationKey = `ATCTT3xFfGN0${randomId(24)}`;
  const server = await startServer({
    name: 'Bitbucket Cloud',
    routes: routesOf({
      state,
      now: () => deps.clock.now(),
      baseUrl: () => server.url,
      organisationKey,
    }),
    ...(deps.port === undefined ? {} : { port: deps.port }),
  });
  return {
    servers: [server],
    config: {
      workspace: state.workspace.slug,
      base_url: `${server.url}/2.0`,
      email: admin.email,
      api_token: new Secret(ownToken.value),
      organisation: {
        id: state.organisation,
        api_key: new Secret(organisationKey),
        base_url: server.url,
      },
    },
    perform: (task, about) => Promise.resolve(perform(state, inDays, task, about)),
    close: () => server.close(),
    state,
    admin,
    ownToken,
    ...controls(state, inDays),
  };
}

/** What people do in their browsers; they read name and scopes off the task. */
function perform(
  state: BitbucketState,
  inDays: (days: number) => string,
  task: HumanTask,
  about: { readonly address: string },
): Performed {
  const text = task.instructions.join('\n');
  if (task.id === 'invite-and-sign-up') invite(state, about.address);
  const user = state.users.find((one) => one.email === about.address);
  if (user === undefined) throw new Error(`Nobody was invited as ${about.address}.`);
  switch (task.id) {
    case 'invite-and-sign-up':
    case 'finish-sign-up':
      signUp(user, /Type (.+) as the full name/.exec(text)?.[1] ?? '');
      return NOTHING;
    case 'create-api-token': {
      const label = /Type (\S+) as the name/.exec(text)?.[1] ?? '';
      const scopes = text.match(/[a-z]+:[a-z-]+:bitbucket/g) ?? [];
      const token = addToken(state, user.accountId, { label, scopes, expiresAt: inDays(100) });
      return { answers: {}, deposit: token.value };
    }
    case 'remove-member':
      removeUser(state, user);
      return NOTHING;
    default:
      throw new Error(`No person knows ${task.id}.`);
  }
}

type Controls = Omit<BitbucketCloudSandbox, keyof AdapterSandbox | 'state' | 'admin' | 'ownToken'>;

function controls(state: BitbucketState, inDays: (days: number) => string): Controls {
  function repository(slug: string): SandboxRepository {
    const found = state.repositories.find((one) => one.slug === slug);
    if (found === undefined) throw new Error(`There is no repository ${slug}.`);
    return found;
  }
  return {
    takeAddress: (email) => addUser(state, { email, displayName: 'A colleague' }),
    makeToken: (accountId, token) =>
      addToken(state, accountId, { expiresAt: inDays(100), ...token }).value,
    user(accountId) {
      const user = state.users.find((one) => one.accountId === accountId);
      if (user === undefined) throw new Error(`There is no ${accountId}.`);
      return user;
    },
    repository,
    scopeItem(name) {
      const project = state.projects.find(({ key }) => key === name);
      if (project !== undefined) {
        return { id: `project:${name}`, name: `${project.name} (${name})`, kind: 'project' };
      }
      const { uuid } = repository(name);
      return {
        id: `repository:${uuid}`,
        name: `${state.workspace.slug}/${name}`,
        kind: 'repository',
      };
    },
  };
}
