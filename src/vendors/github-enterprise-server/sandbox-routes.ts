import type { Clock } from '../../lib/clock.ts';
import { fields, memberBody, page, userBody } from '../github/sandbox-answers.ts';
import type { Asked, Handle, Handles, repositoryBody } from '../github/sandbox-answers.ts';
import type { Caller } from '../github/sandbox-auth.ts';
import { invalid, notFound } from '../github/sandbox-gate.ts';
import type { Answer } from '../github/sandbox-gate.ts';
import { memberRoutes } from '../github/sandbox-members.ts';
import { repositoryRoutes } from '../github/sandbox-repositories.ts';
import type { SandboxUser, SandboxWorld } from '../github/sandbox-world.ts';
import { authorizationBody } from './sandbox-server.ts';
import type { ServerState } from './sandbox-server.ts';

type TokenCaller = Extract<Caller, { kind: 'token' }>;

/** What a server has of GitHub.com's calls, and its own; it knows no invitations by e-mail. */
export function createRoutes(world: SandboxWorld, server: ServerState, clock: Clock): Handles {
  const shared = memberRoutes(world, clock);
  const kept = [
    'GET /orgs/:org',
    'GET /user/memberships/orgs/:org',
    'GET /orgs/:org/memberships/:login',
    'PUT /orgs/:org/memberships/:login',
    'DELETE /orgs/:org/memberships/:login',
  ];
  return {
    ...Object.fromEntries(Object.entries(shared).filter(([route]) => kept.includes(route))),
    ...repositoryRoutes(world),
    ...profileRoutes(world, server),
    ...adminRoutes(world, server, clock),
  };
}

function profileRoutes(world: SandboxWorld, server: ServerState): Handles {
  const body = (user: SandboxUser) => ({
    ...userBody(user),
    email: null,
    site_admin: server.state.siteAdmins.has(user.id),
    suspended_at: server.state.suspended.get(user.id) ?? null,
  });
  const found = (user: SandboxUser | undefined): Answer =>
    user === undefined ? notFound() : { status: 200, body: body(user) };
  const repositories = repositoryRoutes(world)['GET /orgs/:org/repos'];
  return {
    'GET /user': asUser(null, (_request, { user }) => found(user)),
    'GET /users/:login': ({ params }) => found(world.findUser(params['login'] ?? '')),
    'GET /user/emails': asUser('user:email', (request, { user }) =>
      page(request, [{ email: user.email, primary: true, verified: true, visibility: null }]),
    ),
    'GET /user/:id': ({ params }) =>
      found(world.state.users.find(({ id }) => String(id) === params['id'])),
    'PATCH /user': asUser('user', (request, { user }) => {
      const wish = fields(request.body, ['name', 'bio']);
      if (wish === undefined) return invalid();
      if (typeof wish['name'] === 'string') user.name = wish['name'];
      if (typeof wish['bio'] === 'string') user.bio = wish['bio'];
      return found(user);
    }),
    'PATCH /user/memberships/orgs/:org': asUser('write:org', (request, { user }) => {
      if (request.params['org'] !== world.org) return notFound();
      if (fields(request.body, ['state'])?.['state'] !== 'active') return invalid();
      if (!world.state.invitations.some(({ userId }) => userId === user.id)) return notFound();
      world.accept(user.login);
      const role = world.state.members.get(user.id);
      return { status: 200, body: { state: 'active', role, organization: { login: world.org } } };
    }),
    'GET /orgs/:org/repos': (request, caller) => {
      const answer = repositories?.(request, caller) ?? notFound();
      if (!Array.isArray(answer.body)) return answer;
      const rows = answer.body as ReturnType<typeof repositoryBody>[];
      return { ...answer, body: rows.map((row) => ({ ...row, visibility: visibility(row) })) };
    },
  };

  function visibility(row: ReturnType<typeof repositoryBody>): string {
    if (server.state.internal.has(row.full_name)) return 'internal';
    return row.private ? 'private' : 'public';
  }
}

function adminRoutes(world: SandboxWorld, server: ServerState, clock: Clock): Handles {
  const { state } = server;
  const asAdmin = (handle: (request: Asked, caller: TokenCaller) => Answer): Handle =>
    asUser('site_admin', (request, caller) =>
      state.siteAdmins.has(caller.user.id)
        ? handle(request, caller)
        : { status: 403, body: { message: 'Must have admin rights.', status: '403' } },
    );
  const onUser = (handle: (user: SandboxUser, request: Asked, caller: TokenCaller) => Answer) =>
    asAdmin((request, caller) => {
      const user = world.findUser(request.params['login'] ?? '');
      return user === undefined ? notFound() : handle(user, request, caller);
    });
  return {
    'POST /admin/users': asAdmin((request) => createUser(world, server, request)),
    'GET /enterprise/settings/license': asAdmin(() => ({
      status: 200,
      body: { seats: 50, seats_used: 50 - state.seatsLeft, seats_available: state.seatsLeft },
    })),
    'POST /admin/users/:login/authorizations': onUser((user, { body }, caller) => {
      const scopes = fields(body, ['scopes'])?.['scopes'];
      if (!Array.isArray(scopes) || !scopes.every((scope) => typeof scope === 'string')) {
        return invalid();
      }
      const made = server.impersonate(caller.user.id, user, scopes);
      if (made !== undefined) {
        return { status: 201, body: authorizationBody(world, made, made.value) };
      }
      const present = server.findImpersonation(caller.user.id, user);
      if (present === undefined) return notFound();
      return { status: 200, body: authorizationBody(world, present, '') };
    }),
    'DELETE /admin/users/:login/authorizations': onUser((user, _request, caller) =>
      server.stopImpersonating(caller.user.id, user) ? { status: 204 } : notFound(),
    ),
    'PUT /users/:login/suspended': onUser((user, { body }, caller) => {
      if (fields(body, ['reason']) === undefined) return invalid();
      if (user.id === caller.user.id || state.directorySuspends) {
        return { status: 403, body: { message: 'Not allowed', status: '403' } };
      }
      if (!state.suspended.has(user.id)) state.suspended.set(user.id, clock.now().toISOString());
      return { status: 204 };
    }),
    'GET /admin/tokens': asAdmin((request) => {
      const hidden = new Set(state.impersonations.map(({ token }) => token));
      const rows = world.state.tokens.filter((token) => !hidden.has(token));
      return page(
        request,
        rows.map((token) => authorizationBody(world, token, '')),
      );
    }),
    'DELETE /admin/tokens/:id': asAdmin(({ params }, caller) => {
      const token = world.state.tokens.find(({ id }) => String(id) === params['id']);
      if (token === undefined) return notFound();
      if (token === caller.token) return { status: 403, body: { message: 'Forbidden' } };
      world.state.tokens = world.state.tokens.filter((one) => one !== token);
      return { status: 204 };
    }),
  };
}

const LONGEST_LOGIN = 39;

function createUser(world: SandboxWorld, { state }: ServerState, { body }: Asked): Answer {
  const wish = fields(body, ['login', 'email', 'suspended']);
  const { login: wanted, email } = wish ?? {};
  if (typeof wanted !== 'string' || wanted === '') return invalid();
  if (typeof email !== 'string' && !state.externalAuth) return invalid();
  const login = wanted.replaceAll(/[^a-z\d]+/gi, '-');
  const taken =
    world.findUser(login) !== undefined ||
    world.state.users.some((user) => user.email !== '' && user.email === email);
  if (taken || login.length > LONGEST_LOGIN || state.seatsLeft === 0) return invalid();
  state.seatsLeft -= 1;
  const user = world.register(login, { email: typeof email === 'string' ? email : '' });
  return { status: 201, body: memberBody(user) };
}

/** Lets a person's classic token through that has the scope, or a wider one. */
function asUser(
  scope: string | null,
  handle: (request: Asked, caller: TokenCaller) => Answer,
): Handle {
  return function answer(request, caller) {
    if (caller.kind !== 'token') {
      return { status: 401, body: { message: 'Requires authentication', status: '401' } };
    }
    if (scope === null) return handle(request, caller);
    const wider = WIDER[scope] ?? [];
    const has = caller.token.scopes ?? [];
    if (has.includes(scope) || wider.some((one) => has.includes(one))) {
      return handle(request, caller);
    }
    const accepted = [scope, ...wider].join(', ');
    return { ...notFound(), headers: { 'x-accepted-oauth-scopes': accepted } };
  };
}

const WIDER: Readonly<Record<string, readonly string[]>> = {
  'user:email': ['user'],
  'write:org': ['admin:org'],
};
