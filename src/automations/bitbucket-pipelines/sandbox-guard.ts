import type { Handler, SandboxAnswer, SandboxRequest } from '../../sandbox/kit/server.ts';

export type Guard = (scopes: readonly string[], handle: Handler) => Handler;

export interface Account {
  readonly email: string;
  readonly token: string;
  /** Full names, such as `admin:pipeline:bitbucket`. */
  scopes: string[];
}

/** Address and token first, then the scopes that the API description names. */
export function guardFor(account: Account): Guard {
  const header = `Basic ${Buffer.from(`${account.email}:${account.token}`).toString('base64')}`;
  return (scopes, handle) => {
    const required = scopes.map((scope) => `${scope}:bitbucket`);
    return async (request) => {
      if (request.headers['authorization'] !== header) {
        return refuse(401, 'Token is invalid, expired, or not supported for this endpoint.');
      }
      const headers = {
        'x-oauth-scopes': account.scopes.join(', '),
        'x-credential-type': 'api_token',
      };
      if (required.some((scope) => !account.scopes.includes(scope))) {
        const detail = { required, granted: account.scopes };
        return { ...refuse(403, 'Your credentials lack one or more scopes.', detail), headers };
      }
      return { ...(await handle(request)), headers };
    };
  };
}

export function refuse(status: number, message: string, detail?: unknown): SandboxAnswer {
  const error = detail === undefined ? { message } : { message, detail };
  return { status, body: { type: 'error', error } };
}

/** A page with a link to the next one, as long as there is one. */
export function paged({ path, query, headers }: SandboxRequest, all: unknown[]): SandboxAnswer {
  const pagelen = Number(query.get('pagelen') ?? 10);
  if (pagelen > 100) return refuse(400, 'Invalid pagelen');
  const page = Number(query.get('page') ?? 1);
  const next = new URLSearchParams([...query, ['page', String(page + 1)]]);
  return {
    status: 200,
    body: {
      pagelen,
      page,
      size: all.length,
      values: all.slice((page - 1) * pagelen, page * pagelen),
      ...(page * pagelen < all.length
        ? { next: `http://${headers['host']}${path}?${next.toString()}` }
        : {}),
    },
  };
}
