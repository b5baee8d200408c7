import type { Caller } from './sandbox-auth.ts';
import { invalid, notFound, refuse } from './sandbox-gate.ts';
import type { Answer, Needs } from './sandbox-gate.ts';
import type { SandboxRepository, SandboxUser, SandboxWorld } from './sandbox-world.ts';

/** The parts of a request that the routes look at. */
export interface Asked {
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
}

export type Handle = (request: Asked, caller: Caller) => Answer;
export type Handles = Readonly<Record<string, Handle>>;

/** Lets a call through only with the rights it needs, and only for our organisation. */
export function guarded(world: SandboxWorld, needs: Needs, handle: Handle): Handle {
  return (request, caller) => {
    const org = request.params['org'];
    if (org !== undefined && org.toLowerCase() !== world.org) return notFound();
    return refuse(world, caller, needs) ?? handle(request, caller);
  };
}

/** One page of a list with its Link header, as `per_page` and `page` ask. */
export function page(request: Asked, rows: readonly unknown[]): Answer {
  const size = Number(request.query.get('per_page') ?? 30);
  const number = Number(request.query.get('page') ?? 1);
  if (size > 100) return invalid('per_page is at most 100');
  const body = rows.slice((number - 1) * size, number * size);
  if (number * size >= rows.length) return { status: 200, body };
  const query = new URLSearchParams(request.query);
  query.set('page', String(number + 1));
  const host = request.headers['host'] ?? '';
  const link = `<http://${host}${request.path}?${query.toString()}>; rel="next"`;
  return { status: 200, body, headers: { link } };
}

/** A user as its own page shows it. */
export function userBody(user: SandboxUser) {
  return { ...memberBody(user), name: user.name, bio: user.bio };
}

/** A user within another answer, where GitHub leaves the profile out. */
export function memberBody(user: SandboxUser) {
  return {
    id: user.id,
    node_id: `U_${user.id}`,
    login: user.login,
    type: user.type,
    site_admin: false,
    html_url: `https://github.com/${user.login}`,
  };
}

/** The fields of a JSON body, when it has no other than these. */
export function fields(
  body: unknown,
  allowed: readonly string[],
): Record<string, unknown> | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const known = Object.keys(body).every((key) => allowed.includes(key));
  return known ? { ...body } : undefined;
}

export function repositoryBody(repository: SandboxRepository) {
  return {
    id: repository.id,
    name: repository.full_name.split('/')[1],
    full_name: repository.full_name,
    private: repository.private,
  };
}
