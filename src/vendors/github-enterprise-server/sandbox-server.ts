import { createHash, randomBytes } from 'node:crypto';

import type { Clock } from '../../lib/clock.ts';
import type { SandboxToken, SandboxUser, SandboxWorld } from '../github/sandbox-world.ts';

export type ServerState = ReturnType<typeof createServerState>;

/** What a server of one's own knows beyond an organisation on GitHub.com. */
export function createServerState(world: SandboxWorld, clock: Clock) {
  const state = {
    externalAuth: false,
    seatsLeft: 20,
    /** With an Active Directory behind it, the server refuses to suspend. */
    directorySuspends: false,
    siteAdmins: new Set<number>(),
    suspended: new Map<number, string>(),
    /** Internal repositories: private ones that every account may read. */
    internal: new Set<string>(),
    impersonations: [] as { adminId: number; token: SandboxToken }[],
  };

  /** One for each administrator and user; undefined when there is one already. */
  function impersonate(
    adminId: number,
    user: SandboxUser,
    scopes: readonly string[],
  ): SandboxToken | undefined {
    if (findImpersonation(adminId, user) !== undefined) return undefined;
    const token: SandboxToken = {
      id: world.nextId(),
      value: `gho_${randomBytes(20).toString('hex')}`,
      userId: user.id,
      name: 'impersonation',
      createdAt: clock.now().toISOString(),
      expiresAt: null,
      scopes: [...scopes],
      owner: user.login,
      permissions: { organization: {}, repository: {} },
      selection: 'all',
      repositories: [],
      state: 'active',
    };
    world.state.tokens.push(token);
    state.impersonations.push({ adminId, token });
    return token;
  }

  function findImpersonation(adminId: number, user: SandboxUser): SandboxToken | undefined {
    return state.impersonations.find(
      (one) => one.adminId === adminId && one.token.userId === user.id,
    )?.token;
  }

  function stopImpersonating(adminId: number, user: SandboxUser): boolean {
    const token = findImpersonation(adminId, user);
    state.impersonations = state.impersonations.filter((one) => one.token !== token);
    world.state.tokens = world.state.tokens.filter((one) => one !== token);
    return token !== undefined;
  }

  return { state, impersonate, findImpersonation, stopImpersonating };
}

/** A token as the server lists it; the value is there only in the answer that makes it. */
export function authorizationBody(
  world: SandboxWorld,
  token: SandboxToken,
  value: string,
): Record<string, unknown> {
  const user = world.state.users.find(({ id }) => id === token.userId);
  return {
    id: token.id,
    url: `https://github.acme.example/api/v3/authorizations/${token.id}`,
    app: {
      name: token.name,
      url: 'https://github.acme.example/apps/tokens',
      client_id: '00000000000000000000',
    },
    token: value,
    hashed_token: createHash('sha256').update(token.value).digest('base64'),
    token_last_eight: token.value.slice(-8),
    note: token.name,
    note_url: null,
    scopes: token.scopes,
    fingerprint: null,
    created_at: token.createdAt,
    updated_at: token.createdAt,
    expires_at: token.expiresAt,
    user: user === undefined ? null : { id: user.id, login: user.login },
  };
}
