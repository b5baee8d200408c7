import { randomUUID } from 'node:crypto';

import type { Routes, SandboxAnswer, SandboxRequest } from '../../sandbox/kit/server.ts';
import { seesProject } from './sandbox-state.ts';
import type {
  SandboxIdentity,
  SandboxProject,
  SandboxToken,
  ServerState,
} from './sandbox-state.ts';

interface World {
  readonly state: ServerState;
  readonly now: () => Date;
}

type Handle = (request: SandboxRequest, asker: SandboxIdentity) => SandboxAnswer;

interface Rule {
  readonly scope: string | null;
  readonly preview: boolean;
}

/** The newest version this server knows. */
const VERSION = 7.1;

/** The calls of one collection that only read; there are no others for accounts and groups. */
export function routesOf(world: World): Routes {
  return { ...projectRoutes(world), ...identityRoutes(world) };
}

function projectRoutes(world: World): Routes {
  const { state } = world;
  const list = (scope: string): ReturnType<typeof guarded> =>
    guarded(world, { scope, preview: false }, (request, asker) => {
      const project = projectOf(state, asker, request.params['project']);
      return project === undefined ? noProject() : listOf([{ id: randomUUID(), name: 'one' }]);
    });
  const read = { scope: 'vso.project', preview: false };
  return {
    'GET /_apis/connectionData': guarded(world, { scope: null, preview: true }, (_, asker) => ({
      status: 200,
      body: { authenticatedUser: view(state, asker), authorizedUser: view(state, asker) },
    })),
    'GET /_apis/projects': guarded(world, read, (request, asker) => {
      const start = Number(request.query.get('$skip') ?? 0);
      const end = start + Number(request.query.get('$top') ?? 100);
      const seen = state.projects.filter((project) => seesProject(state, asker, project));
      return listOf(seen.slice(start, end));
    }),
    'GET /_apis/projects/:project': guarded(world, read, (request, asker) => {
      const project = projectOf(state, asker, request.params['project']);
      return project === undefined ? noProject() : { status: 200, body: project };
    }),
    'GET /:project/_apis/git/repositories': list('vso.code'),
    'GET /:project/_apis/build/definitions': list('vso.build'),
    'GET /:project/_apis/wit/workitemtypes': list('vso.work'),
    'GET /_apis/distributedtask/pools': guarded(
      world,
      { scope: 'vso.agentpools', preview: true },
      () => listOf([{ id: 1, name: 'Default' }]),
    ),
  };
}

function identityRoutes(world: World): Routes {
  const { state } = world;
  return {
    'GET /_apis/identities': guarded(
      world,
      { scope: 'vso.identity', preview: true },
      ({ query }) => {
        const ids = query.get('identityIds');
        if (ids !== null) {
          const found = state.identities.find(({ id }) => id === ids);
          return listOf([found === undefined ? null : view(state, found)]);
        }
        return search(state, query.get('searchFilter'), query.get('filterValue') ?? '');
      },
    ),
  };
}

function search(state: ServerState, filter: string | null, text: string): SandboxAnswer {
  const word = text.toLowerCase();
  if (filter === 'AccountName') {
    const found = state.identities.filter(({ domain, account }) =>
      [account, `${domain}\\${account}`].some((name) => name.toLowerCase() === word),
    );
    return listOf(found.map((identity) => view(state, identity)));
  }
  if (filter !== 'General') return refusal(400, 'The search filter is not known.');
  const groups = [...state.groups].filter(([name]) => name.toLowerCase() === word);
  return listOf(
    groups.map(([name, descriptor]) => ({
      id: randomUUID(),
      descriptor,
      providerDisplayName: name,
      isActive: true,
      isContainer: true,
      memberOf: [],
    })),
  );
}

function guarded(
  { state, now }: World,
  rule: Rule,
  handle: Handle,
): (request: SandboxRequest) => SandboxAnswer {
  return (request) => {
    const token = tokenOf(state, now(), request.headers['authorization'] ?? '');
    const asker = state.identities.find(({ id, active }) => id === token?.identityId && active);
    if (token === undefined || asker === undefined) return notSignedIn(state, request);
    const [, version = '', preview] =
      /^(\d+\.\d+)(-preview)?$/.exec(request.query.get('api-version') ?? '') ?? [];
    if (version === '' || Number(version) > VERSION || (rule.preview && preview === undefined)) {
      return refusal(400, 'The requested REST API version is out of range for this server.');
    }
    return allows(token, rule.scope) ? handle(request, asker) : { status: 401 };
  };
}

function allows({ scope }: SandboxToken, needed: string | null): boolean {
  const has = scope.split(' ');
  return (
    needed === null ||
    has.includes('app_token') ||
    has.some((one) => one === needed || one.startsWith(`${needed}_`))
  );
}

function tokenOf(state: ServerState, now: Date, header: string): SandboxToken | undefined {
  const [, value] = Buffer.from(header.replace(/^Basic /, ''), 'base64')
    .toString('utf8')
    .split(/:(.*)/s);
  const token = state.tokens.find((one) => one.value === value && !one.revoked);
  return token !== undefined && token.validTo > now.toISOString() ? token : undefined;
}

function notSignedIn(state: ServerState, request: SandboxRequest): SandboxAnswer {
  if (state.signInPage) return { status: 203, body: '<html><title>Sign In</title></html>' };
  return request.headers['x-tfs-fedauthredirect'] === 'Suppress'
    ? { status: 401, headers: { 'www-authenticate': 'NTLM' } }
    : { status: 302, headers: { location: '/_signin' } };
}

function projectOf(
  state: ServerState,
  asker: SandboxIdentity,
  id: string | undefined,
): SandboxProject | undefined {
  const project = state.projects.find((one) => one.id === id || one.name === id);
  return project !== undefined && seesProject(state, asker, project) ? project : undefined;
}

function noProject(): SandboxAnswer {
  return refusal(404, 'TF200016: The following project does not exist.');
}

function refusal(status: number, message: string): SandboxAnswer {
  return { status, body: { $id: '1', message, typeKey: 'VssServiceException', errorCode: 0 } };
}

function listOf(value: readonly unknown[]): SandboxAnswer {
  return { status: 200, body: { count: value.length, value } };
}

function view(state: ServerState, identity: SandboxIdentity): unknown {
  const text = (value: string) => ({ $type: 'System.String', $value: value });
  return {
    id: identity.id,
    descriptor: identity.descriptor,
    providerDisplayName: identity.displayName,
    isActive: identity.active,
    memberOf: [...identity.groups].map((name) => state.groups.get(name) ?? name),
    properties: { Account: text(identity.account), Domain: text(identity.domain) },
  };
}
