import type { Caller } from './sandbox-auth.ts';
import type { SandboxWorld } from './sandbox-world.ts';

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a call needs of an App or fine-grained token, of a classic token, and of a person. */
export interface Needs {
  readonly permission: readonly [string, 'read' | 'write'];
  readonly scopes: readonly string[];
  /** Only owners of the organisation may, whatever their token allows. */
  readonly owner?: boolean;
  /** Only Apps may. */
  readonly appOnly?: boolean;
}

const INCLUDED: Readonly<Record<string, readonly string[]>> = {
  'admin:org': ['write:org', 'read:org'],
  'write:org': ['read:org'],
};

export function notFound(): Answer {
  return { status: 404, body: { message: 'Not Found', status: '404' } };
}

export function invalid(message = 'Validation Failed'): Answer {
  return { status: 422, body: { message, errors: [], status: '422' } };
}

/** GitHub's refusal of a caller whose rights do not suffice; undefined when they do. */
export function refuse(world: SandboxWorld, caller: Caller, needs: Needs): Answer | undefined {
  const accepted = { 'x-accepted-github-permissions': needs.permission.join('=') };
  if (caller.kind === 'anonymous' || caller.kind === 'app') {
    return { status: 401, body: { message: 'Requires authentication', status: '401' } };
  }
  if (caller.kind === 'installation') {
    return covers(world.state.appPermissions, needs)
      ? undefined
      : forbid('Resource not accessible by integration', accepted);
  }
  const { token, user } = caller;
  if (needs.appOnly === true) return forbid('Resource only accessible by GitHub Apps', {});
  if (token.scopes === null) {
    const granted = { ...token.permissions.repository, ...token.permissions.organization };
    if (token.state !== 'active' || !covers(granted, needs)) {
      return forbid('Resource not accessible by personal access token', accepted);
    }
  } else {
    const has = token.scopes.flatMap((scope) => [scope, ...(INCLUDED[scope] ?? [])]);
    // GitHub hides what a classic token may not touch.
    if (!needs.scopes.some((scope) => has.includes(scope))) {
      return { ...notFound(), headers: { 'x-accepted-oauth-scopes': needs.scopes.join(', ') } };
    }
  }
  return needs.owner === true && world.state.members.get(user.id) !== 'admin'
    ? forbid('You must be an admin', {})
    : undefined;
}

function covers(
  has: Readonly<Record<string, string>>,
  { permission: [key, level] }: Needs,
): boolean {
  return has[key] === 'write' || has[key] === level;
}

function forbid(message: string, headers: Readonly<Record<string, string>>): Answer {
  return { status: 403, body: { message, status: '403' }, headers };
}
