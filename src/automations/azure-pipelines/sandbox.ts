import { Secret } from '../../domain/secret.ts';
import { NOTHING } from '../../sandbox/kit/adapter-sandbox.ts';
import type { AdapterSandbox, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import { startServer } from '../../sandbox/kit/server.ts';
import type { Handler, Routes } from '../../sandbox/kit/server.ts';
import { connectionRoutes } from './sandbox-connections.ts';
import type { ConnectionState, SandboxConnection } from './sandbox-connections.ts';
import { groupRoutes, noProject, refuse } from './sandbox-groups.ts';
import type { GroupState, SandboxGroup } from './sandbox-groups.ts';

export interface AzurePipelinesSandbox extends AdapterSandbox {
  /** The group of a target such as `group:Web/flow-automation`, values and all. */
  group(target: string): SandboxGroup | undefined;
  /** Somebody else makes the group with this one secret in it. */
  setByHand(target: string, key: string, value: string): void;
  /** Somebody adds a variable to a group that is there. */
  addByHand(target: string, key: string, variable: { value: string; isSecret: boolean }): void;
  deleteByHand(target: string): void;
  /** The service connection of this name, password and all. */
  connection(target: string, name: string): SandboxConnection | undefined;
  /** Somebody else makes a service connection of this name. */
  connectByHand(target: string, name: string, password: string): void;
  /** Somebody changes a service connection that is there. */
  changeConnection(target: string, name: string, change: Partial<SandboxConnection>): void;
  disconnectByHand(target: string, name: string): void;
  readonly state: GroupState & ConnectionState;
  readonly token: { scopes: string[]; signInPage: boolean };
}

const TOKEN = 'sandbox-azure-pipelines-token-0123456789abcdef';
const ORGANIZATION = 'acme';
const SCOPES = ['vso.project', 'vso.variablegroups_manage', 'vso.serviceendpoint_manage'];

/** An organisation of Azure DevOps Services on loopback, as far as its libraries and service connections go. */
export async function openSandbox(deps: SandboxDeps): Promise<AzurePipelinesSandbox> {
  const token = { scopes: [...SCOPES], signInPage: false };
  const state: GroupState & ConnectionState = {
    projects: ['Web', 'Data Platform', 'Finance'].map((name, index) => ({
      id: `eb6e4656-77fc-42a1-9181-4c6d8e9da5d${index}`,
      name,
    })),
    groups: [],
    readOnly: new Set(),
    lastId: 0,
    library: 1 + 4,
    connections: [],
    hidden: new Set(),
    unmanaged: new Set(),
    lastConnection: 0,
    endpoints: 4 + 16,
  };
  const server = await startServer({
    name: 'Azure Pipelines',
    basePath: `/${ORGANIZATION}`,
    routes: guarded(
      { ...groupRoutes(state), ...connectionRoutes(state), ...lookingAround(state) },
      token,
    ),
    ...(deps.port === undefined ? {} : { port: deps.port }),
  });
  return {
    servers: [server],
    config: {
      url: server.url.replace(`/${ORGANIZATION}`, ''),
      organization: ORGANIZATION,
      token: new Secret(TOKEN),
      targets: ['Web/*', 'Data Platform/flow-*'],
      service_connections: {
        projects: ['Web', 'Data *'],
        server: 'https://flow.acme.example/api',
        username: 'flow-automation',
      },
    },
    state,
    token,
    ...byHand(state),
    ...connectionsByHand(state),
    perform: () => Promise.resolve(NOTHING),
    close: () => server.close(),
  };
}

function byHand(state: GroupState) {
  const partsOf = (target: string) => /^group:([^/]+)\/(.+)$/.exec(target)?.slice(1) ?? [];
  const projectIdOf = (target: string) =>
    state.projects.find(({ name }) => name === partsOf(target)[0])?.id ?? '';
  const find = (target: string) =>
    state.groups.find(
      (group) => group.projectId === projectIdOf(target) && group.name === partsOf(target)[1],
    );
  return {
    group: find,
    setByHand(target: string, key: string, value: string) {
      state.lastId += 1;
      state.readOnly.add(state.lastId);
      state.groups.push({
        id: state.lastId,
        projectId: projectIdOf(target),
        type: 'Vsts',
        name: partsOf(target)[1] ?? '',
        description: '',
        variables: { [key]: { value, isSecret: true } },
      });
    },
    addByHand(target: string, key: string, variable: { value: string; isSecret: boolean }) {
      const group = find(target);
      if (group === undefined) throw new Error(`no group ${target}`);
      state.groups[state.groups.indexOf(group)] = {
        ...group,
        variables: { ...group.variables, [key]: variable },
      };
    },
    deleteByHand(target: string) {
      state.groups.splice(
        state.groups.findIndex((group) => group === find(target)),
        1,
      );
    },
  };
}

function connectionsByHand(state: ConnectionState) {
  const projectOf = (target: string) =>
    state.projects.find(({ name }) => name === target.replace(/^connection:/, ''));
  const find = (target: string, wanted: string) =>
    state.connections.find(
      ({ name, serviceEndpointProjectReferences: references }) =>
        name === wanted &&
        references.some(({ projectReference: { id } }) => id === projectOf(target)?.id),
    );
  return {
    connection: find,
    connectByHand(target: string, name: string, password: string) {
      state.lastConnection += 1;
      const id = `5e0ff73c-1c4b-4f7e-8a51-${String(state.lastConnection).padStart(12, '0')}`;
      state.unmanaged.add(id);
      state.connections.push({
        id,
        name,
        type: 'generic',
        url: 'https://theirs.acme.example',
        description: '',
        isReady: true,
        isShared: false,
        authorization: { scheme: 'UsernamePassword', parameters: { username: '', password } },
        serviceEndpointProjectReferences: [
          { projectReference: { id: projectOf(target)?.id ?? '' }, name },
        ],
      });
    },
    changeConnection(target: string, name: string, change: Partial<SandboxConnection>) {
      const found = find(target, name);
      if (found === undefined) throw new Error(`no connection ${name}`);
      state.connections[state.connections.indexOf(found)] = { ...found, ...change };
    },
    disconnectByHand(target: string, name: string) {
      state.connections.splice(
        state.connections.findIndex((one) => one === find(target, name)),
        1,
      );
    },
  };
}

function lookingAround(state: GroupState & ConnectionState): Routes {
  const projectView = (project: { id: string; name: string }) => ({
    ...project,
    state: 'wellFormed',
    visibility: 'private',
  });
  return {
    'GET /_apis/projects': ({ query }) => {
      const skip = Number(query.get('$skip') ?? 0);
      const value = state.projects.slice(skip, skip + Number(query.get('$top') ?? 100));
      return { status: 200, body: { count: value.length, value: value.map(projectView) } };
    },
    'GET /_apis/projects/:project': ({ params }) => {
      const wanted = (params['project'] ?? '').toLowerCase();
      const found = state.projects.find(
        ({ id, name }) => id === wanted || name.toLowerCase() === wanted,
      );
      return found === undefined
        ? noProject(params['project'] ?? '')
        : { status: 200, body: projectView(found) };
    },
    'GET /_apis/permissions/:namespace/:rights': ({ params, query }) => {
      const rights = Number(params['rights']);
      const [, kind, projectId] =
        /^(Library|endpoints)\/(.+)$/.exec(query.get('tokens') ?? '') ?? [];
      const isThere = state.projects.some(({ id }) => id === projectId);
      const has = kind === 'Library' ? state.library : state.endpoints;
      const value = [isThere && (has & rights) === rights];
      return { status: 200, body: { count: 1, value } };
    },
  };
}

const NEEDS: readonly { readonly part: string; readonly scope: string }[] = [
  { part: '/distributedtask/', scope: 'vso.variablegroups_manage' },
  { part: '/serviceendpoint/', scope: 'vso.serviceendpoint_manage' },
  { part: '/projects', scope: 'vso.project' },
];

/** No token, a wrong one and one without the scope are all a 401. */
function guarded(routes: Routes, token: AzurePipelinesSandbox['token']): Routes {
  const header = `Basic ${Buffer.from(`:${TOKEN}`).toString('base64')}`;
  return Object.fromEntries(
    Object.entries(routes).map(([route, handle]): [string, Handler] => [
      route,
      (request) => {
        if (token.signInPage) return { status: 203, body: '<html>Sign In</html>' };
        const need = NEEDS.find(({ part }) => request.path.includes(part))?.scope;
        const hasScope = need === undefined || token.scopes.includes(need);
        if (request.headers['authorization'] !== header || !hasScope) {
          return request.headers['x-tfs-fedauthredirect'] === 'Suppress'
            ? { status: 401 }
            : { status: 302, headers: { location: 'https://spsprodneu1.vssps.visualstudio.com/' } };
        }
        if (request.query.get('api-version') === null) {
          return refuse(400, 'VssVersionNotSpecifiedException', 'No api-version was supplied.');
        }
        return handle(request);
      },
    ]),
  );
}
