import { Secret } from '../../domain/secret.ts';
import type { AdapterSandbox, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import { startServer } from '../../sandbox/kit/server.ts';
import type { Handler, Routes, SandboxAnswer, SandboxRequest } from '../../sandbox/kit/server.ts';
import { appKeys, createAuth } from './sandbox-auth.ts';
import type { Caller } from './sandbox-auth.ts';
import { tokenHeaders } from './sandbox-headers.ts';
import { performTask } from './sandbox-person.ts';
import { createRoutes } from './sandbox-routes.ts';
import { createWorld } from './sandbox-world.ts';
import type { SandboxWorld } from './sandbox-world.ts';

const APP_ID = 4711;
const INSTALLATION_ID = 815;
const LIMIT = 5000;

export interface GitHubSandbox extends AdapterSandbox {
  readonly world: SandboxWorld;
  /** Makes every installation token worthless at once. */
  forgetInstallationTokens(): void;
}

export interface GitHubSandboxDeps extends SandboxDeps {
  /** How we sign in there; a GitHub App unless told otherwise. */
  readonly auth?: 'app' | 'token';
}

/** An organisation on loopback with an owner, two repositories and a public one. */
export async function openSandbox(deps: GitHubSandboxDeps): Promise<GitHubSandbox> {
  const world = createWorld('acme', deps.clock);
  const auth = createAuth(world, deps.clock, APP_ID);
  const owner = world.register('acme-owner', { email: 'owner@acme.example' });
  world.state.members.set(owner.id, 'admin');
  for (const name of ['web', 'api']) world.addRepository(name);
  world.addRepository('website', 'public');

  let used = 0;
  const respond = (handle: (request: SandboxRequest, caller: Caller) => SandboxAnswer): Handler =>
    function answer(request) {
      used += 1;
      world.expireInvitations();
      const caller = auth.identify(request.headers['authorization']);
      const answered = caller === undefined ? BAD_CREDENTIALS : handle(request, caller);
      return {
        ...answered,
        headers: { ...limits(used, deps), ...tokenHeaders(caller), ...answered.headers },
      };
    };
  const handlers = createRoutes(world, {
    clock: deps.clock,
    installationId: INSTALLATION_ID,
    appId: APP_ID,
    issue: auth.issue,
  });
  const routes: Routes = Object.fromEntries(
    Object.entries(handlers).map(([route, handle]) => [route, respond(handle)]),
  );
  const server = await startServer({
    name: 'GitHub',
    routes,
    ...(deps.port === undefined ? {} : { port: deps.port }),
  });
  return {
    world,
    servers: [server],
    config: {
      base_url: server.url,
      web_url: server.url,
      org: world.org,
      auth: deps.auth === 'token' ? { token: ownerToken(world) } : appAuth(),
    },
    perform: (task, about) => Promise.resolve(performTask(world, task, about)),
    forgetInstallationTokens: auth.forget,
    close: () => server.close(),
  };
}

const BAD_CREDENTIALS: SandboxAnswer = {
  status: 401,
  body: {
    message: 'Bad credentials',
    documentation_url: 'https://docs.github.com/rest',
    status: '401',
  },
};

function appAuth() {
  return {
    app_id: APP_ID,
    private_key: new Secret(appKeys().privatePem),
    installation_id: INSTALLATION_ID,
  };
}

function ownerToken(world: SandboxWorld): Secret {
  const { value } = world.makeToken('acme-owner', {
    name: 'service accounts',
    scopes: ['admin:org', 'repo'],
    expiresAt: '2027-10-01T00:00:00.000Z',
  });
  return new Secret(value);
}

function limits(used: number, { clock }: SandboxDeps): Record<string, string> {
  return {
    'x-ratelimit-limit': String(LIMIT),
    'x-ratelimit-remaining': String(Math.max(0, LIMIT - used)),
    'x-ratelimit-used': String(used),
    'x-ratelimit-reset': String(Math.floor(clock.now().getTime() / 1000) + 3600),
    'x-ratelimit-resource': 'core',
  };
}
