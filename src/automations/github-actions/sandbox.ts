import sodium, { base64_variants, ready, to_base64 } from 'libsodium-wrappers';

import { Secret } from '../../domain/secret.ts';
import { NOTHING } from '../../sandbox/kit/adapter-sandbox.ts';
import type { AdapterSandbox, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import { startServer } from '../../sandbox/kit/server.ts';
import type { Handler, Routes } from '../../sandbox/kit/server.ts';
import { APP_ID, createAuth, INSTALLATION_ID, ORG } from './sandbox-auth.ts';
import type { ClassicToken } from './sandbox-auth.ts';
import { NOT_FOUND, secretRoutes, variableRoutes } from './sandbox-places.ts';
import type { Place } from './sandbox-places.ts';

const LIMIT = 5000;

const EXACT_PERMISSIONS = {
  actions_variables: 'write',
  environments: 'write',
  metadata: 'read',
  organization_actions_variables: 'write',
  organization_secrets: 'write',
  secrets: 'write',
} as const;

export interface GitHubActionsSandbox extends AdapterSandbox {
  /** The value that arrived, opened with the sandbox's private key. `place` as in its API paths. */
  valueOf(place: string, name: string): string | undefined;
  secretNames(place: string): string[];
  /** Somebody else sets a secret there. */
  setByHand(place: string, name: string, value: string): void;
  deleteByHand(place: string, name: string): void;
  deleteMark(place: string, variable: string): void;
  /** Which repositories may use a secret of the organisation. */
  reachOf(name: string): { visibility: string; repositories: string[] } | undefined;
  /** Somebody opens a secret of the organisation to all its repositories. */
  openWide(name: string): void;
  readonly permissions: Record<string, string>;
  /** A classic token that works there, instead of the App. */
  readonly classic: ClassicToken;
}

/** An organisation on loopback that keeps sealed secrets as GitHub Actions does. */
export async function openSandbox(deps: SandboxDeps): Promise<GitHubActionsSandbox> {
  await ready;
  const box = sodium.crypto_box_keypair();
  const key = {
    key_id: '568250167242549743',
    key: to_base64(box.publicKey, base64_variants.ORIGINAL),
  };
  const repositories = ['acme/web', 'acme/api', 'acme/internal-tools'];
  const environments = new Map([['acme/web', ['production', 'staging']]]);
  const places = createPlaces(repositories, environments);
  const permissions: Record<string, string> = { ...EXACT_PERMISSIONS };
  const need = (name: string): Place => {
    const place = places.get(name);
    if (place === undefined) throw new Error(`no place ${name}`);
    return place;
  };

  const bases = [
    '/orgs/:org/actions',
    '/repos/:owner/:repo/actions',
    '/repos/:owner/:repo/environments/:environment',
  ];
  const kept = bases.map((base) => ({
    ...secretRoutes(base, places, key, box, deps),
    ...variableRoutes(base, places),
  }));
  const routes: Routes = Object.assign(
    {},
    selectedRoute(repositories, need(`/orgs/${ORG}/actions`)),
    ...kept,
    looking(repositories, environments),
  );
  const auth = createAuth(deps, permissions);
  const server = await startServer({
    name: 'GitHub Actions',
    routes: limited({ ...auth.routes, ...routes }, auth, deps),
    ...(deps.port === undefined ? {} : { port: deps.port }),
  });
  return {
    servers: [server],
    config: {
      base_url: server.url,
      web_url: server.url,
      org: ORG,
      targets: ['acme/web', 'acme/api', 'org'],
      auth: {
        app_id: APP_ID,
        private_key: new Secret(auth.privatePem),
        installation_id: INSTALLATION_ID,
      },
    },
    permissions,
    classic: auth.classic,
    ...byHand(need, repositories, deps),
    perform: () => Promise.resolve(NOTHING),
    close: () => server.close(),
  };
}

type ByHand = Pick<
  GitHubActionsSandbox,
  'valueOf' | 'secretNames' | 'setByHand' | 'deleteByHand' | 'reachOf' | 'openWide' | 'deleteMark'
>;

/** What people see and do there. */
function byHand(
  need: (name: string) => Place,
  repositories: readonly string[],
  { clock }: SandboxDeps,
): ByHand {
  return {
    valueOf: (place, name) => need(place).secrets.get(name)?.value,
    secretNames: (place) => [...need(place).secrets.keys()],
    setByHand(place, name, value) {
      need(place).secrets.set(name, { value, updatedAt: clock.now().toISOString() });
    },
    deleteByHand: (place, name) => void need(place).secrets.delete(name),
    reachOf(name) {
      const reach = need(`/orgs/${ORG}/actions`).secrets.get(name)?.reach;
      const names = repositories.filter((_, index) => reach?.repositoryIds.includes(index + 1));
      return reach && { visibility: reach.visibility, repositories: names };
    },
    openWide(name) {
      const { secrets } = need(`/orgs/${ORG}/actions`);
      const secret = secrets.get(name);
      const reach = { visibility: 'all', repositoryIds: [] };
      if (secret !== undefined) secrets.set(name, { ...secret, reach });
    },
    deleteMark: (place, variable) => void need(place).variables.delete(variable),
  };
}

function createPlaces(
  repositories: readonly string[],
  environments: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, Place> {
  const names = [
    `/orgs/${ORG}/actions`,
    ...repositories.map((name) => `/repos/${name}/actions`),
    ...[...environments].flatMap(([name, list]) =>
      list.map((environment) => `/repos/${name}/environments/${environment}`),
    ),
  ];
  return new Map(names.map((name) => [name, { secrets: new Map(), variables: new Map() }]));
}

function looking(repositories: string[], environments: ReadonlyMap<string, string[]>): Routes {
  const bodies = (names: string[]) => names.map((full_name) => ({ full_name }));
  return {
    'GET /orgs/:org': ({ params }) =>
      params['org'] === ORG ? { status: 200, body: { login: ORG } } : NOT_FOUND,
    'GET /orgs/:org/repos': () => ({ status: 200, body: bodies(repositories) }),
    'GET /repos/:owner/:repo': ({ params }) => {
      const full_name = `${params['owner']}/${params['repo']}`;
      const id = repositories.indexOf(full_name) + 1;
      return id === 0 ? NOT_FOUND : { status: 200, body: { id, full_name } };
    },
    'GET /search/repositories': ({ query }) => {
      const words = (query.get('q') ?? '')
        .replaceAll(/\b(?:in|org):\S+/g, '')
        .trim()
        .toLowerCase();
      const found = repositories.filter((name) => (name.split('/')[1] ?? '').includes(words));
      return { status: 200, body: { total_count: found.length, items: bodies(found) } };
    },
    'GET /repos/:owner/:repo/environments': ({ params }) => {
      const list = environments.get(`${params['owner']}/${params['repo']}`) ?? [];
      return {
        status: 200,
        body: { total_count: list.length, environments: list.map((name) => ({ name })) },
      };
    },
  };
}

/** GitHub answers 409 unless the secret's visibility is `selected`. */
function selectedRoute(repositories: readonly string[], { secrets }: Place): Routes {
  return {
    'GET /orgs/:org/actions/secrets/:name/repositories': ({ params }) => {
      const reach = secrets.get((params['name'] ?? '').toUpperCase())?.reach;
      if (reach === undefined) return NOT_FOUND;
      if (reach.visibility !== 'selected') return { status: 409, body: { message: 'Conflict' } };
      const found = reach.repositoryIds.map((id) => ({
        id,
        full_name: repositories[id - 1] ?? '',
      }));
      return { status: 200, body: { total_count: found.length, repositories: found } };
    },
  };
}

function limited(
  routes: Routes,
  auth: Pick<ReturnType<typeof createAuth>, 'refuse' | 'headersFor'>,
  { clock }: SandboxDeps,
): Routes {
  let used = 0;
  return Object.fromEntries(
    Object.entries(routes).map(([route, handle]): [string, Handler] => [
      route,
      async (request) => {
        used += 1;
        const answer = auth.refuse(request) ?? (await handle(request));
        const headers = {
          'x-ratelimit-limit': String(LIMIT),
          'x-ratelimit-remaining': String(Math.max(0, LIMIT - used)),
          'x-ratelimit-reset': String(Math.floor(clock.now().getTime() / 1000) + 3600),
        };
        return {
          ...answer,
          headers: { ...headers, ...auth.headersFor(request), ...answer.headers },
        };
      },
    ]),
  );
}
