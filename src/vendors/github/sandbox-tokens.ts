import { invalid, notFound } from './sandbox-gate.ts';
import type { Answer, Needs } from './sandbox-gate.ts';
import { fields, guarded, memberBody, page, repositoryBody } from './sandbox-answers.ts';
import type { Asked, Handles } from './sandbox-answers.ts';
import type { SandboxToken, SandboxWorld } from './sandbox-world.ts';

const GRANTS: Needs = {
  permission: ['organization_personal_access_tokens', 'read'],
  scopes: [],
  appOnly: true,
};
const REQUESTS: Needs = {
  permission: ['organization_personal_access_token_requests', 'read'],
  scopes: [],
  appOnly: true,
};
const REVIEW: Needs = { ...REQUESTS, permission: [REQUESTS.permission[0], 'write'] };

/** Fine-grained tokens as an organisation sees them, and the revocation that needs nobody. */
export function tokenRoutes(world: SandboxWorld): Handles {
  const listed = (state: SandboxToken['state']) => (request: Asked) => {
    const owners = request.query.getAll('owner[]').concat(request.query.getAll('owner'));
    const rows = world.state.tokens.filter(
      (token) => token.scopes === null && token.owner === world.org && token.state === state,
    );
    const bodies = rows.map((token) => grantBody(world, token));
    return page(
      request,
      bodies.filter((grant) => owners.length === 0 || owners.includes(grant.owner.login)),
    );
  };
  const repositories = (request: Asked): Answer => {
    const token = world.state.tokens.find(({ id }) => String(id) === request.params['id']);
    if (token === undefined) return notFound();
    const rows = world.state.repositories.filter(({ full_name }) =>
      token.repositories.includes(full_name),
    );
    return page(request, rows.map(repositoryBody));
  };
  const kinds = {
    'personal-access-tokens': { needs: GRANTS, state: 'active' },
    'personal-access-token-requests': { needs: REQUESTS, state: 'pending' },
  } as const;
  const lists = Object.entries(kinds).flatMap(([kind, { needs, state }]) => [
    [`GET /orgs/:org/${kind}`, guarded(world, needs, listed(state))] as const,
    [`GET /orgs/:org/${kind}/:id/repositories`, guarded(world, needs, repositories)] as const,
  ]);
  return {
    ...Object.fromEntries(lists),
    'POST /orgs/:org/personal-access-token-requests/:id': guarded(world, REVIEW, (request) =>
      review(world, request),
    ),
    'POST /credentials/revoke': (request) => revoke(world, request),
  };
}

function review(world: SandboxWorld, { params, body }: Asked): Answer {
  const wish = fields(body, ['action', 'reason']);
  const token = world.state.tokens.find(
    ({ id, state }) => String(id) === params['id'] && state === 'pending',
  );
  const action = wish?.['action'];
  if (action !== 'approve' && action !== 'deny') return invalid();
  const reason = wish?.['reason'] ?? '';
  if (typeof reason !== 'string' || reason.length > 1024) return invalid();
  if (token === undefined) return notFound();
  token.state = action === 'approve' ? 'active' : 'denied';
  return { status: 204 };
}

function revoke(world: SandboxWorld, { headers, body }: Asked): Answer {
  if (headers['authorization'] !== undefined) {
    return { status: 403, body: { message: 'This endpoint must be called unauthenticated' } };
  }
  const values = fields(body, ['credentials'])?.['credentials'];
  if (!Array.isArray(values) || values.length === 0) return invalid();
  world.state.tokens = world.state.tokens.filter((token) => !values.includes(token.value));
  return { status: 202, body: {} };
}

function grantBody(world: SandboxWorld, token: SandboxToken) {
  const user = world.state.users.find(({ id }) => id === token.userId);
  if (user === undefined) throw new Error('a token without its user');
  return {
    id: token.id,
    owner: memberBody(user),
    repository_selection: token.selection,
    repositories_url: '',
    permissions: { ...token.permissions, other: {} },
    ...(token.state === 'pending'
      ? { created_at: token.createdAt, reason: null }
      : { access_granted_at: token.createdAt }),
    token_id: token.id,
    token_name: token.name,
    token_expired: false,
    token_expires_at: token.expiresAt,
    token_last_used_at: null,
  };
}
