import { Secret } from '../../domain/secret.ts';
import type { AdapterSandbox, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import { startServer } from '../../sandbox/kit/server.ts';
import type { Routes, SandboxAnswer, SandboxRequest } from '../../sandbox/kit/server.ts';
import type { Handle } from '../github/sandbox-answers.ts';
import { createAuth } from '../github/sandbox-auth.ts';
import type { Caller } from '../github/sandbox-auth.ts';
import { tokenHeaders } from '../github/sandbox-headers.ts';
import { createWorld } from '../github/sandbox-world.ts';
import type { SandboxWorld } from '../github/sandbox-world.ts';
import { performServerTask } from './sandbox-person.ts';
import { createRoutes } from './sandbox-routes.ts';
import { createServerState } from './sandbox-server.ts';
import type { ServerState } from './sandbox-server.ts';

const API = '/api/v3';
const NO_APP = 0;

export interface EnterpriseServerSandbox extends AdapterSandbox {
  readonly world: SandboxWorld;
  readonly server: ServerState;
}

/** A server on loopback, without rate limits as servers are, whose owner is a site administrator. */
export async function openSandbox(deps: SandboxDeps): Promise<EnterpriseServerSandbox> {
  const world = createWorld('acme', deps.clock);
  const server = createServerState(world, deps.clock);
  const auth = createAuth(world, deps.clock, NO_APP);
  const owner = world.register('acme-site-admin', { email: 'owner@acme.example' });
  world.state.members.set(owner.id, 'admin');
  server.state.siteAdmins.add(owner.id);
  for (const name of ['web', 'api']) world.addRepository(name);
  world.addRepository('website', 'public');

  const respond = (handle: Handle) =>
    function answer(request: SandboxRequest): SandboxAnswer {
      world.expireInvitations();
      const caller = auth.identify(request.headers['authorization']);
      const answered =
        refuseCaller(server, caller) ?? (caller === undefined ? REFUSED : handle(request, caller));
      return { ...answered, headers: { ...tokenHeaders(caller), ...answered.headers } };
    };
  const routes: Routes = Object.fromEntries(
    Object.entries(createRoutes(world, server, deps.clock)).map(([route, handle]) => [
      route,
      respond(handle),
    ]),
  );
  const http = await startServer({
    name: 'GitHub Enterprise Server',
    routes,
    basePath: API,
    ...(deps.port === undefined ? {} : { port: deps.port }),
  });
  return {
    world,
    server,
    servers: [http],
    config: {
      base_url: http.url.slice(0, -API.length),
      org: world.org,
      auth: { token: ownToken(world) },
    },
    perform: (task, who) =>
      Promise.resolve(performServerTask(world, server, deps.clock, task, who)),
    close: () => http.close(),
  };
}

const REFUSED: SandboxAnswer = {
  status: 401,
  body: { message: 'Bad credentials', documentation_url: 'https://docs.github.com', status: '401' },
};

function refuseCaller(
  { state }: ServerState,
  caller: Caller | undefined,
): SandboxAnswer | undefined {
  // The server has no public mode here, as most have none: nobody reads without signing in.
  if (caller === undefined || caller.kind !== 'token') return REFUSED;
  if (!state.suspended.has(caller.user.id)) return undefined;
  return { status: 403, body: { message: 'Sorry. Your account was suspended.', status: '403' } };
}

function ownToken(world: SandboxWorld): Secret {
  const { value } = world.makeToken('acme-site-admin', {
    name: 'service accounts',
    scopes: ['admin:org', 'repo', 'site_admin'],
    expiresAt: '2027-10-01T00:00:00.000Z',
  });
  return new Secret(value);
}
