import type { Answer, Call, Routes, World } from './sandbox-guard.ts';
import { Refusal } from './sandbox-state.ts';
import type { JiraState, SandboxUser } from './sandbox-state.ts';

const PAGE = 2;

/** Atlassian's administration of service accounts and tokens, and what the site tells everybody. */
export function organisationRoutes(world: World): Routes {
  const { state } = world;
  const at = '/admin/api-access/v1/orgs/:organisation/service-accounts';
  const tokens = '/users/:user/manage/api-tokens';
  return {
    'GET /_edge/tenant_info': () => ({ status: 200, body: { cloudId: state.cloudId } }),
    [`GET ${at}`]: ours(state, 'read:service-accounts:admin', (call) => {
      const start = Number(call.query.get('cursor') ?? 0);
      const all = state.users.filter(({ service }) => service !== null);
      const next = start + PAGE < all.length ? `${call.path}?cursor=${start + PAGE}` : undefined;
      const items = all.slice(start, start + PAGE).map(accountView);
      return { status: 200, body: { items, total: all.length, links: { next } } };
    }),
    [`DELETE ${at}/:account`]: ours(state, 'write:service-accounts:admin', (call) => {
      const account = state.users.find(({ service }) => service?.id === call.params['account']);
      if (account === undefined) throw new Refusal(404, 'Not found');
      state.users.splice(state.users.indexOf(account), 1);
      for (const token of state.tokens) token.revoked ||= token.accountId === account.accountId;
      return { status: 204 };
    }),
    [`GET ${tokens}`]: ours(state, null, (call) => ({
      status: 200,
      body: tokensOf(state, managed(state, call)).map(({ value, label, expiresAt }) => ({
        id: idOf(value),
        label,
        createdAt: '2026-11-01T00:00:00.000Z',
        expiry: expiresAt,
      })),
    })),
    [`DELETE ${tokens}/:token`]: ours(state, null, (call) => {
      const living = tokensOf(state, managed(state, call));
      const token = living.find(({ value }) => idOf(value) === call.params['token']);
      if (token === undefined) throw new Refusal(404, 'Not found');
      token.revoked = true;
      return { status: 204 };
    }),
  };
}

function ours(
  state: JiraState,
  scope: string | null,
  handle: (call: Call) => Answer,
): (call: Call) => Answer {
  return (call) => {
    if (call.headers['authorization'] !== `Bearer ${state.organisationKey}`) {
      return { status: 401, body: { code: 401, message: 'Unauthorized' } };
    }
    try {
      const organisation = call.params['organisation'] ?? state.organisation;
      if (organisation !== state.organisation) throw new Refusal(404, 'No such organization');
      if (scope !== null && !state.keyScopes.includes(scope)) throw new Refusal(403, 'Forbidden');
      return handle(call);
    } catch (error) {
      if (error instanceof Refusal) return { status: error.status, body: error.body };
      throw error;
    }
  };
}

function accountView(user: SandboxUser): unknown {
  return {
    id: user.service?.id,
    atlassianId: user.accountId,
    email: user.email,
    displayName: user.displayName,
    description: user.service?.description,
    status: 'ACTIVE',
  };
}

function managed(state: JiraState, call: Call): SandboxUser {
  const user = state.users.find(({ accountId }) => accountId === call.params['user']);
  if (user === undefined) throw new Refusal(404, 'Not found');
  if (user.managed) return user;
  throw new Refusal(403, 'The account is not managed by this organization.');
}

function tokensOf(state: JiraState, user: SandboxUser) {
  return state.tokens.filter((token) => token.accountId === user.accountId && !token.revoked);
}

function idOf(value: string): string {
  return `token-${value.slice(-8)}`;
}
