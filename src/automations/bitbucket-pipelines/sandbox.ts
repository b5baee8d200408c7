import { randomUUID } from 'node:crypto';

import { Secret } from '../../domain/secret.ts';
import { NOTHING } from '../../sandbox/kit/adapter-sandbox.ts';
import type { AdapterSandbox, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import { startServer } from '../../sandbox/kit/server.ts';
import type { Routes } from '../../sandbox/kit/server.ts';
import { guardFor, paged, refuse } from './sandbox-guard.ts';
import type { Account, Guard } from './sandbox-guard.ts';
import { variableRoutes } from './sandbox-variables.ts';
import type { SandboxPlace, SandboxVariable } from './sandbox-variables.ts';

export interface BitbucketPipelinesSandbox extends AdapterSandbox {
  /** Variables of a target such as `repo:acme/web`, values and all. */
  variables(target: string): SandboxVariable[];
  /** Somebody else sets a secured variable there. */
  setByHand(target: string, key: string, value: string): void;
  readonly account: Account;
  /** Whether our account administers the workspace. */
  readonly workspace: { administrator: boolean };
}

const WORKSPACE = 'acme';
const REPOSITORIES = ['web', 'api', 'internal-tools'];
/** There, and our account may only read it. */
const FOREIGN = 'handbook';
const ENVIRONMENTS = ['Test', 'Staging', 'Production'];
const SCOPES = ['admin:pipeline', 'read:pipeline', 'read:repository', 'read:workspace'];

/** A workspace on loopback, as far as variables of Pipelines go. */
export async function openSandbox(deps: SandboxDeps): Promise<BitbucketPipelinesSandbox> {
  const account: Account = {
    email: 'pipelines-admin@acme.example',
    token: 'ATATT3xFfGF0sandbox-pipelines-token',
    scopes: SCOPES.map((scope) => `${scope}:bitbucket`),
  };
  const workspace = { administrator: true };
  const environments = ENVIRONMENTS.map((name) => ({ name, uuid: `{${randomUUID()}}` }));
  const places = createPlaces(environments);
  const guard = guardFor(account);
  const server = await startServer({
    name: 'Bitbucket Pipelines',
    basePath: '/2.0',
    routes: {
      ...variableRoutes(places, guard),
      ...lookingAround(guard, environments, workspace),
    },
    ...(deps.port === undefined ? {} : { port: deps.port }),
  });
  const need = (target: string): SandboxVariable[] => {
    const place = places.get(pathOf(target, environments));
    if (place === undefined) throw new Error(`no place ${target}`);
    return place.variables;
  };
  return {
    servers: [server],
    config: {
      base_url: server.url,
      web_url: server.url.replace('/2.0', ''),
      workspace: WORKSPACE,
      email: account.email,
      api_token: new Secret(account.token),
      targets: ['acme/web', 'acme/api', 'workspace'],
    },
    variables: need,
    setByHand: (target, key, value) =>
      void need(target).push({ uuid: `{${randomUUID()}}`, key, value, secured: true }),
    account,
    workspace,
    perform: () => Promise.resolve(NOTHING),
    close: () => server.close(),
  };
}

type Environments = readonly { readonly name: string; readonly uuid: string }[];

function createPlaces(environments: Environments): ReadonlyMap<string, SandboxPlace> {
  const targets = [
    'workspace',
    ...[...REPOSITORIES, FOREIGN].flatMap((repo) => [
      `repo:${WORKSPACE}/${repo}`,
      ...ENVIRONMENTS.map((name) => `deployment:${WORKSPACE}/${repo}/${name}`),
    ]),
  ];
  return new Map(
    targets.map((target) => [
      pathOf(target, environments),
      { variables: [], administered: !target.includes(FOREIGN) },
    ]),
  );
}

function pathOf(target: string, environments: Environments): string {
  if (target === 'workspace') return `/workspaces/${WORKSPACE}/pipelines-config/variables`;
  const [, kind, repo = '', name] = /^(\w+):[^/]+\/([^/]+)(?:\/(.+))?$/.exec(target) ?? [];
  const repository = `/repositories/${WORKSPACE}/${repo}`;
  if (kind === 'repo') return `${repository}/pipelines_config/variables`;
  const uuid = environments.find((one) => one.name === name)?.uuid ?? '';
  return `${repository}/deployments_config/environments/${uuid}/variables`;
}

function lookingAround(
  guard: Guard,
  environments: Environments,
  workspace: { administrator: boolean },
): Routes {
  return {
    'GET /user/workspaces': guard(['read:workspace'], (request) =>
      paged(request, [
        {
          type: 'workspace_access',
          administrator: workspace.administrator,
          workspace: { type: 'workspace_base', slug: WORKSPACE },
        },
      ]),
    ),
    'GET /repositories/:workspace': guard(['read:repository'], (request) => {
      if (request.params['workspace'] !== WORKSPACE) return refuse(404, 'No such workspace.');
      const words = /^name ~ "(.*)"$/.exec(request.query.get('q') ?? '')?.[1] ?? '';
      const seen =
        request.query.get('role') === 'admin' ? REPOSITORIES : [...REPOSITORIES, FOREIGN];
      const found = seen.filter((repo) => repo.includes(words.toLowerCase()));
      return paged(
        request,
        found.map((repo) => ({ type: 'repository', full_name: `${WORKSPACE}/${repo}` })),
      );
    }),
    'GET /repositories/:workspace/:repo/environments': guard(['read:pipeline'], (request) => {
      const { workspace: owner, repo = '' } = request.params;
      return owner === WORKSPACE && [...REPOSITORIES, FOREIGN].includes(repo)
        ? paged(
            request,
            environments.map((one) => ({ type: 'deployment_environment', ...one })),
          )
        : refuse(404, 'There is no such repository.');
    }),
  };
}
