import type { Clock } from '../../lib/clock.ts';
import { userBody } from './sandbox-answers.ts';
import type { Handle, Handles } from './sandbox-answers.ts';
import { notFound } from './sandbox-gate.ts';
import type { Answer } from './sandbox-gate.ts';
import { memberRoutes } from './sandbox-members.ts';
import { repositoryRoutes } from './sandbox-repositories.ts';
import { tokenRoutes } from './sandbox-tokens.ts';
import type { SandboxUser, SandboxWorld } from './sandbox-world.ts';

export interface RouteDeps {
  readonly clock: Clock;
  readonly installationId: number;
  readonly appId: number;
  issue(): string;
}

export function createRoutes(world: SandboxWorld, deps: RouteDeps): Handles {
  return {
    ...appRoutes(world, deps),
    ...userRoutes(world),
    ...memberRoutes(world, deps.clock),
    ...repositoryRoutes(world),
    ...tokenRoutes(world),
  };
}

function appRoutes(world: SandboxWorld, deps: RouteDeps): Handles {
  const asApp = (handle: Handle): Handle =>
    function answer(request, caller) {
      if (caller.kind !== 'app') {
        return {
          status: 401,
          body: { message: 'A JSON web token could not be decoded', status: '401' },
        };
      }
      return Number(request.params['id']) === deps.installationId
        ? handle(request, caller)
        : notFound();
    };
  return {
    'POST /app/installations/:id/access_tokens': asApp(() => ({
      status: 201,
      body: {
        token: deps.issue(),
        expires_at: new Date(Date.now() + 60 * 60 * 1000).toISOString(),
        permissions: world.state.appPermissions,
        repository_selection: 'all',
      },
    })),
    'GET /app/installations/:id': asApp(() => ({
      status: 200,
      body: {
        id: deps.installationId,
        app_id: deps.appId,
        account: { login: world.org },
        permissions: world.state.appPermissions,
        repository_selection: 'all',
        suspended_at: null,
      },
    })),
  };
}

function userRoutes(world: SandboxWorld): Handles {
  const found = (user: SandboxUser | undefined): Answer =>
    user === undefined ? notFound() : { status: 200, body: userBody(user) };
  return {
    'GET /user': (_request, caller) =>
      caller.kind === 'token'
        ? { status: 200, body: userBody(caller.user) }
        : {
            status: 403,
            body: { message: 'Resource not accessible by integration', status: '403' },
          },
    'GET /users/:login': ({ params }) => found(world.findUser(params['login'] ?? '')),
    'GET /user/:id': ({ params }) =>
      found(world.state.users.find((user) => String(user.id) === params['id'])),
  };
}
