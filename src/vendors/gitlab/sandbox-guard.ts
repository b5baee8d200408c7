import { isAlive } from './sandbox-accounts.ts';
import { Refusal } from './sandbox-state.ts';
import type { GitlabState, SandboxToken, SandboxUser } from './sandbox-state.ts';

export interface World {
  readonly state: GitlabState;
  readonly now: () => Date;
}

export interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

export type Handler = (call: Call) => Answer;
export type Routes = Readonly<Record<string, Handler>>;

type As = (call: Call, token: SandboxToken, user: SandboxUser) => Answer;

/** Authenticates, checks the scope as GitLab does, and words refusals as GitLab does. */
export function guarded(
  { state, now }: World,
  scopes: readonly string[] | 'any',
  handle: As,
): Handler {
  return (call) => {
    const value = call.headers['private-token'];
    const token = state.tokens.find((one) => one.value === value);
    const user = state.users.find((one) => one.id === token?.userId);
    if (token === undefined || user === undefined) {
      return { status: 401, body: { message: '401 Unauthorized' } };
    }
    if (!isAlive(token, now())) {
      const why = token.revoked
        ? 'Token was revoked. You have to re-authorize from the user.'
        : 'Token is expired. You can either do re-authorization or token refresh.';
      return { status: 401, body: { error: 'invalid_token', error_description: why } };
    }
    if (scopes !== 'any' && !token.scopes.some((scope) => scopes.includes(scope))) {
      const description =
        'The request requires higher privileges than provided by the access token.';
      return {
        status: 403,
        body: {
          error: 'insufficient_scope',
          error_description: description,
          scope: scopes.join(' '),
        },
      };
    }
    try {
      return handle(call, token, user);
    } catch (error) {
      if (error instanceof Refusal) return { status: error.status, body: error.body };
      throw error;
    }
  };
}

/** GitLab's paging: 20 unless told otherwise, at most 100. */
export function page<T>(call: Call, all: readonly T[]): T[] {
  const size = Math.min(Number(call.query.get('per_page') ?? 20), 100);
  const start = (Number(call.query.get('page') ?? 1) - 1) * size;
  return all.slice(start, start + size);
}
