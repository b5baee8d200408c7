import { Secret } from '../../domain/secret.ts';
import type { AdapterSandbox, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import { startServer } from '../../sandbox/kit/server.ts';
import type { Routes, SandboxAnswer, SandboxRequest } from '../../sandbox/kit/server.ts';
import { fields } from '../github/sandbox-answers.ts';
import type { Handle, Handles } from '../github/sandbox-answers.ts';
import { appKeys, createAuth } from '../github/sandbox-auth.ts';
import { invalid } from '../github/sandbox-gate.ts';
import { createRoutes } from '../github/sandbox-routes.ts';
import { tokenHeaders } from '../github/sandbox-headers.ts';
import { createWorld } from '../github/sandbox-world.ts';
import type { SandboxWorld } from '../github/sandbox-world.ts';
import { performManagedTask } from './sandbox-person.ts';
import { createProvisioning, ENTERPRISE, scimRoutes } from './sandbox-scim.ts';
import type { Provisioning } from './sandbox-scim.ts';

const APP_ID = 4711;
const INSTALLATION_ID = 815;

export interface ManagedUsersSandbox extends AdapterSandbox {
  readonly world: SandboxWorld;
  readonly provisioning: Provisioning;
}

export interface ManagedUsersSandboxDeps extends SandboxDeps {
  /** How we sign in to the organisation; a GitHub App unless told otherwise. */
  readonly auth?: 'app' | 'token';
  /** Who makes the users; we do unless told otherwise. */
  readonly scim?: 'token' | 'idp';
}

/** An enterprise on loopback with one organisation and its setup user. */
export async function openSandbox(deps: ManagedUsersSandboxDeps): Promise<ManagedUsersSandbox> {
  const world = createWorld('acme', deps.clock);
  const provisioning = createProvisioning(world);
  const auth = createAuth(world, deps.clock, APP_ID);
  world.register('acme_admin', { email: 'setup@acme.example' });
  const owner = world.register('owner_acme', { email: 'owner@acme.example' });
  world.state.members.set(owner.id, 'admin');
  for (const name of ['web', 'api']) world.addRepository(name);
  world.addRepository('website', 'public');

  const respond = (handle: Handle) =>
    function answer(request: SandboxRequest): SandboxAnswer {
      const caller = auth.identify(request.headers['authorization']);
      const answered = caller === undefined ? REFUSED : handle(request, caller);
      return { ...answered, headers: { ...tokenHeaders(caller), ...answered.headers } };
    };
  const organisation = createRoutes(world, {
    clock: deps.clock,
    installationId: INSTALLATION_ID,
    appId: APP_ID,
    issue: auth.issue,
  });
  const handles = { ...withoutInvitations(world, organisation), ...scimRoutes(provisioning) };
  const routes: Routes = Object.fromEntries(
    Object.entries(handles).map(([route, handle]) => [route, respond(handle)]),
  );
  const server = await startServer({
    name: 'GitHub Enterprise Managed Users',
    routes,
    ...(deps.port === undefined ? {} : { port: deps.port }),
  });
  const scim = () => ({ token: tokenOf(world, 'acme_admin', ['scim:enterprise']) });
  return {
    world,
    provisioning,
    servers: [server],
    config: {
      base_url: server.url,
      web_url: server.url,
      enterprise: ENTERPRISE,
      short_code: 'acme',
      org: world.org,
      auth:
        deps.auth === 'token'
          ? { token: tokenOf(world, 'owner_acme', ['admin:org', 'repo']) }
          : appAuth(),
      scim: deps.scim === 'idp' ? 'idp' : scim(),
    },
    perform: (task, who) => Promise.resolve(performManagedTask(world, provisioning, task, who)),
    close: () => server.close(),
  };
}

const REFUSED: SandboxAnswer = {
  status: 401,
  body: { message: 'Bad credentials', documentation_url: 'https://docs.github.com', status: '401' },
};

/** Members of the enterprise join its organisations at once; nobody else can be let in at all. */
function withoutInvitations(world: SandboxWorld, routes: Handles): Handles {
  const put = 'PUT /orgs/:org/memberships/:login';
  const gone = ['POST /orgs/:org/invitations', 'GET /orgs/:org/failed_invitations'];
  const kept = Object.entries(routes).filter(([route]) => !gone.includes(route));
  return {
    ...Object.fromEntries(kept),
    [put]: (request, caller) => {
      const user = world.findUser(request.params['login'] ?? '');
      if (user === undefined || !user.login.endsWith('_acme')) return invalid();
      const answer = routes[put]?.(request, caller) ?? invalid();
      if (answer.status !== 200) return answer;
      if (world.state.invitations.some(({ userId }) => userId === user.id)) {
        world.accept(user.login);
      }
      const role = fields(request.body, ['role'])?.['role'] ?? 'member';
      return { ...answer, body: { ...Object(answer.body), state: 'active', role } };
    },
  };
}

function appAuth() {
  return {
    app_id: APP_ID,
    private_key: new Secret(appKeys().privatePem),
    installation_id: INSTALLATION_ID,
  };
}

function tokenOf(world: SandboxWorld, login: string, scopes: readonly string[]): Secret {
  const expiresAt = '2027-10-01T00:00:00.000Z';
  return new Secret(world.makeToken(login, { name: 'own', scopes, expiresAt }).value);
}
