import type { z } from 'zod';

import { Refusal } from './sandbox-state.ts';
import type { BitbucketState, SandboxToken, SandboxUser } from './sandbox-state.ts';

export interface World {
  readonly state: BitbucketState;
  readonly now: () => Date;
  readonly baseUrl: () => string;
  readonly organisationKey: string;
}

export interface Call {
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Routes = Readonly<Record<string, (call: Call) => Answer>>;

/** Checks address and token as Atlassian does, then the scopes that the API description names. */
export function guarded(
  world: World,
  needs: readonly string[],
  handle: (call: Call, asker: SandboxUser) => Answer,
): (call: Call) => Answer {
  const required = needs.map((name) => `${name}:bitbucket`);
  return (call) => {
    const found = authenticate(world, call.headers['authorization'] ?? '');
    if (found === undefined) {
      return answerOf(new Refusal(401, 'Token is invalid, expired, or not supported.'));
    }
    const { scopes } = found.token;
    const headers: Record<string, string> = world.state.tellsScopes
      ? { 'x-oauth-scopes': scopes.join(', '), 'x-credential-type': 'api_token' }
      : {};
    if (required.some((scope) => !scopes.includes(scope))) {
      const message = 'Your credentials lack one or more required privilege scopes.';
      return { ...answerOf(new Refusal(403, message, { required, granted: scopes })), headers };
    }
    return { ...tried(() => handle(call, found.user)), headers };
  };
}

/** The organisation's calls know one key and no people. */
export function withKey(world: World, handle: (call: Call) => Answer): (call: Call) => Answer {
  return (call) =>
    call.headers['authorization'] === `Bearer ${world.organisationKey}`
      ? tried(() => handle(call))
      : { status: 401, body: { code: 401, message: 'Unauthorized' } };
}

function tried(handle: () => Answer): Answer {
  try {
    return handle();
  } catch (error) {
    if (error instanceof Refusal) return answerOf(error);
    throw error;
  }
}

function answerOf({ status, body }: Refusal): Answer {
  return { status, body };
}

function authenticate(
  { state, now }: World,
  header: string,
): { user: SandboxUser; token: SandboxToken } | undefined {
  const [email, value] = Buffer.from(header.replace(/^Basic /, ''), 'base64')
    .toString('utf8')
    .split(/:(.*)/s);
  const user = state.users.find((one) => one.email === email && one.signedUp);
  const token = state.tokens.find(
    (one) => one.value === value && one.accountId === user?.accountId && one.scopes.length > 0,
  );
  if (user === undefined || token === undefined) return undefined;
  return token.revoked || token.expiresAt <= now().toISOString() ? undefined : { user, token };
}

export function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Refusal(400, 'Bad request');
}

/** A page with a link to the next one, as long as there is one. */
export function paged(world: World, call: Call, all: readonly unknown[]): Answer {
  const pagelen = Number(call.query.get('pagelen') ?? 10);
  if (pagelen > 100) throw new Refusal(400, 'Invalid pagelen');
  const page = Number(call.query.get('page') ?? 1);
  const values = all.slice((page - 1) * pagelen, page * pagelen);
  const next = new URLSearchParams([...call.query].filter(([key]) => key !== 'page'));
  next.set('page', String(page + 1));
  return {
    status: 200,
    body: {
      pagelen,
      page,
      size: all.length,
      values,
      ...(page * pagelen < all.length
        ? { next: `${world.baseUrl()}${call.path}?${next.toString()}` }
        : {}),
    },
  };
}
