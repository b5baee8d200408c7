import { z } from 'zod';

import { guarded, parse } from './sandbox-guard.ts';
import type { Routes, World } from './sandbox-guard.ts';
import { Refusal, addToken } from './sandbox-state.ts';
import type { SandboxToken, SandboxUser } from './sandbox-state.ts';

const DAY_MS = 24 * 60 * 60_000;
/** https://confluence.atlassian.com/enterprise/using-personal-access-tokens-1026032365.html */
const MOST_TOKENS = 10;

const newToken = z.strictObject({
  name: z.string().min(1),
  expirationDuration: z.number().int().positive().optional(),
});

/** Everybody has tokens of their own only; there is no call for those of others. */
export function tokenRoutes(world: World): Routes {
  const { state, now } = world;
  const at = '/rest/pat/latest/tokens';
  const own = (user: SandboxUser): SandboxToken[] =>
    state.tokens.filter((token) => token.userKey === user.key);
  return {
    [`GET ${at}`]: guarded(world, 'USE', (_call, { user }) => ({
      status: 200,
      body: own(user).map(view),
    })),
    [`POST ${at}`]: guarded(world, 'USE', ({ body }, { user, how }) => {
      if (how === 'token') throw new Refusal(403, 'A token cannot make tokens.');
      const { name, expirationDuration } = parse(newToken, body);
      if (own(user).length >= MOST_TOKENS) throw new Refusal(400, 'Too many tokens.');
      if (expirationDuration === undefined || expirationDuration > state.longestTokenDays) {
        throw new Refusal(400, 'The token expiry is not valid.');
      }
      const expiringAt = new Date(now().getTime() + expirationDuration * DAY_MS).toISOString();
      const token = addToken(state, user.key, { name, createdAt: now().toISOString(), expiringAt });
      return { status: 201, body: { ...view(token), rawToken: token.value } };
    }),
    [`DELETE ${at}/:id`]: guarded(world, 'USE', ({ params }, { user }) => {
      const token = own(user).find((one) => String(one.id) === params['id']);
      if (token === undefined) throw new Refusal(404, 'The token does not exist.');
      state.tokens = state.tokens.filter((one) => one !== token);
      return { status: 204 };
    }),
  };
}

function view({ id, name, createdAt, expiringAt }: SandboxToken): Record<string, unknown> {
  return { id, name, createdAt, ...(expiringAt === null ? {} : { expiringAt }) };
}
