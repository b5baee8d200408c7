import { Secret } from '../../domain/secret.ts';
import { NOTHING } from '../../sandbox/kit/adapter-sandbox.ts';
import type { AdapterSandbox, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import { startServer } from '../../sandbox/kit/server.ts';
import type { Handler, Routes, SandboxAnswer, SandboxRequest } from '../../sandbox/kit/server.ts';
import { forbidden, NOT_FOUND, page, storeRoutes } from './sandbox-store.ts';
import type { JenkinsState, SandboxCredential } from './sandbox-store.ts';

export interface JenkinsSandbox extends AdapterSandbox {
  readonly state: JenkinsState;
  /** Credentials of a target such as `folder:platform/release`, values and all. */
  credentials(target: string): SandboxCredential[];
  /** Somebody else sets a secret text there. */
  setByHand(target: string, id: string, value: string): void;
  /**
   * `exempt` is how Jenkins treats API tokens; `demanded` as behind a proxy that hides the token;
   * `off` where protection against forged requests is switched off.
   */
  readonly protection: { crumbs: 'exempt' | 'demanded' | 'off' };
}

const USER = 'flow-service-accounts';
const TOKEN = '11d0d0e5a4sandboxjenkinstoken00000';
const CRUMB = { field: 'Jenkins-Crumb', value: '6c1f2ed1sandboxcrumb' };
const SESSION = 'JSESSIONID.6d3a1b=node01sandbox.node0';
const FOLDER = 'com.cloudbees.hudson.plugins.folder.Folder';

/** A Jenkins on loopback with the plugins folders, credentials and plain credentials. */
export async function openSandbox(deps: SandboxDeps): Promise<JenkinsSandbox> {
  const state: JenkinsState = {
    folders: ['platform', 'platform/release', 'platform/release/nightly', 'finance'].map(
      (fullName) => ({ fullName, domains: { _: [], flow: [] } }),
    ),
    rights: new Set(['View', 'Create', 'Update', 'Delete']),
    seesRoot: false,
  };
  const protection: JenkinsSandbox['protection'] = { crumbs: 'exempt' };
  const server = await startServer({
    name: 'Jenkins',
    basePath: '/jenkins',
    routes: guarded({ ...storeRoutes(state), ...lookingAround(state, protection) }, protection),
    ...(deps.port === undefined ? {} : { port: deps.port }),
  });
  const credentials = (target: string): SandboxCredential[] => {
    const [, kind, path = ''] = /^(\w+):(.+)$/.exec(target) ?? [];
    const cut = kind === 'domain' ? path.lastIndexOf('/') : path.length;
    const folder = state.folders.find(({ fullName }) => fullName === path.slice(0, cut));
    const list = folder?.domains[kind === 'domain' ? path.slice(cut + 1) : '_'];
    if (list === undefined) throw new Error(`no place ${target}`);
    return list;
  };
  return {
    servers: [server],
    config: {
      base_url: server.url,
      user: USER,
      api_token: new Secret(TOKEN),
      targets: ['platform', 'platform/*'],
    },
    state,
    credentials,
    setByHand: (target, id, value) =>
      void credentials(target).push({ id, description: '', typeName: 'Secret text', value }),
    protection,
    perform: () => Promise.resolve(NOTHING),
    close: () => server.close(),
  };
}

function lookingAround(state: JenkinsState, protection: JenkinsSandbox['protection']): Routes {
  return {
    'GET /whoAmI/api/json': () => ({
      status: 200,
      body: { name: USER, anonymous: false, authenticated: true, authorities: ['authenticated'] },
    }),
    'GET /api/json': () => ({ status: 200, body: { jobs: jobsIn(state, '') } }),
    'GET /crumbIssuer/api/json': () =>
      protection.crumbs === 'off'
        ? NOT_FOUND
        : {
            status: 200,
            body: { crumb: CRUMB.value, crumbRequestField: CRUMB.field },
            headers: { 'set-cookie': `${SESSION}; Path=/jenkins; HttpOnly` },
          },
    'GET /credentials/store/system/domain/_/api/json': () =>
      state.seesRoot ? { status: 200, body: { credentials: [] } } : forbidden('View'),
  };
}

interface Job {
  readonly _class: string;
  readonly fullName: string;
  readonly jobs?: readonly Job[];
}

function jobsIn(state: JenkinsState, parent: string): Job[] {
  const folders = state.folders.filter(
    ({ fullName }) => fullName.split('/').slice(0, -1).join('/') === parent,
  );
  const build = parent === '' ? 'seed' : `${parent}/build`;
  return [
    ...folders.map(({ fullName }) => ({ _class: FOLDER, fullName, jobs: jobsIn(state, fullName) })),
    { _class: 'hudson.model.FreeStyleProject', fullName: build },
  ];
}

/** Who it is comes first, then the crumb for whatever writes. */
function guarded(routes: Routes, protection: JenkinsSandbox['protection']): Routes {
  return Object.fromEntries(
    Object.entries(routes).map(([route, handle]): [string, Handler] => [
      route,
      (request) => refuse(request, protection) ?? handle(request),
    ]),
  );
}

function refuse(
  { method, headers }: SandboxRequest,
  { crumbs }: JenkinsSandbox['protection'],
): SandboxAnswer | undefined {
  const wanted = `Basic ${Buffer.from(`${USER}:${TOKEN}`).toString('base64')}`;
  if (headers['authorization'] !== wanted) return page(401, 'Invalid password/token');
  if (method === 'GET' || crumbs !== 'demanded') return undefined;
  const hasCrumb =
    headers[CRUMB.field.toLowerCase()] === CRUMB.value && headers['cookie']?.includes(SESSION);
  return hasCrumb === true ? undefined : page(403, 'No valid crumb was included in the request');
}
