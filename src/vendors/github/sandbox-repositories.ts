import type { Caller } from './sandbox-auth.ts';
import { invalid, notFound } from './sandbox-gate.ts';
import type { Answer, Needs } from './sandbox-gate.ts';
import { fields, guarded, memberBody, page, repositoryBody } from './sandbox-answers.ts';
import type { Asked, Handle, Handles } from './sandbox-answers.ts';
import type { RepositoryRole, SandboxRepository, SandboxWorld } from './sandbox-world.ts';

const METADATA: Needs = { permission: ['metadata', 'read'], scopes: ['repo'] };
const ADMIN: Needs = { permission: ['administration', 'write'], scopes: ['repo'], owner: true };
const ROLES: Readonly<Record<string, RepositoryRole>> = {
  pull: 'read',
  triage: 'triage',
  push: 'write',
  maintain: 'maintain',
  admin: 'admin',
};

/** Repositories, who may do what in them, and the reads that show a token's permissions. */
export function repositoryRoutes(world: SandboxWorld): Handles {
  const { state } = world;
  const visible = (caller: Caller) =>
    state.repositories.filter((repository) => isVisible(world, caller, repository));
  const at = (
    needs: Needs,
    handle: (request: Asked, repository: SandboxRepository) => Answer,
  ): Handle =>
    function answer(request, caller) {
      const { owner = '', repo = '' } = request.params;
      const repository = world.findRepository(`${owner}/${repo}`);
      if (repository === undefined || !isVisible(world, caller, repository)) return notFound();
      return guarded(world, needs, (asked) => handle(asked, repository))(request, caller);
    };
  const reads = (permission: string) =>
    at({ permission: [permission, 'read'], scopes: ['repo'] }, (request) => page(request, []));
  return {
    'GET /orgs/:org/repos': (request, caller) => page(request, visible(caller).map(repositoryBody)),
    'GET /search/repositories': (request, caller) => search(request, visible(caller)),
    'GET /repos/:owner/:repo': at(METADATA, (_request, repository) => ({
      status: 200,
      body: repositoryBody(repository),
    })),
    'GET /repos/:owner/:repo/branches': reads('contents'),
    'GET /repos/:owner/:repo/issues': reads('issues'),
    'GET /repos/:owner/:repo/pulls': reads('pull_requests'),
    'GET /repos/:owner/:repo/actions/secrets': at(
      { permission: ['secrets', 'read'], scopes: ['repo'] },
      () => ({ status: 200, body: { total_count: 0, secrets: [] } }),
    ),
    'GET /repos/:owner/:repo/collaborators/:login/permission': at(
      METADATA,
      ({ params }, repository) => {
        const user = world.findUser(params['login'] ?? '');
        if (user === undefined) return notFound();
        const role = world.roleOn(repository, user.id);
        return {
          status: 200,
          body: { permission: legacy(role), role_name: role, user: memberBody(user) },
        };
      },
    ),
    'PUT /repos/:owner/:repo/collaborators/:login': at(ADMIN, (request, repository) =>
      add(world, request, repository),
    ),
    'DELETE /repos/:owner/:repo/collaborators/:login': at(ADMIN, ({ params }, repository) => {
      const user = world.findUser(params['login'] ?? '');
      if (user === undefined) return notFound();
      repository.direct.delete(user.id);
      return { status: 204 };
    }),
  };
}

function isVisible(world: SandboxWorld, caller: Caller, repository: SandboxRepository): boolean {
  if (caller.kind === 'token') return world.sees(caller.token, repository);
  return caller.kind === 'installation' || !repository.private;
}

function add(world: SandboxWorld, request: Asked, repository: SandboxRepository): Answer {
  const permission = fields(request.body, ['permission'])?.['permission'] ?? 'push';
  const role = typeof permission === 'string' ? ROLES[permission] : undefined;
  if (role === undefined) return invalid();
  const user = world.findUser(request.params['login'] ?? '');
  if (user === undefined) return notFound();
  // Somebody outside would get an invitation instead; the adapter only ever adds members.
  if (!world.state.members.has(user.id)) return invalid('The sandbox adds members only');
  repository.direct.set(user.id, role);
  return { status: 204 };
}

function search({ query }: Asked, visible: readonly SandboxRepository[]): Answer {
  const text = query.get('q') ?? '';
  const qualifiers = /\b(?:in|org):\S+/g;
  if (!/\borg:acme\b/.test(text)) return invalid();
  const words = text.replaceAll(qualifiers, '').trim().toLowerCase();
  const found = visible.filter(({ full_name }) => (full_name.split('/')[1] ?? '').includes(words));
  const size = Number(query.get('per_page') ?? 30);
  const items = found
    .toSorted((one, other) => one.full_name.length - other.full_name.length)
    .slice(0, size)
    .map(repositoryBody);
  return { status: 200, body: { total_count: found.length, incomplete_results: false, items } };
}

function legacy(role: RepositoryRole): string {
  if (role === 'maintain') return 'write';
  return role === 'triage' ? 'read' : role;
}
