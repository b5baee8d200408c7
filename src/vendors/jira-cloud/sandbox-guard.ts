import type { z } from 'zod';

import { Refusal, globalPermissions } from './sandbox-state.ts';
import type { JiraState, SandboxToken, SandboxUser } from './sandbox-state.ts';

export interface World {
  readonly state: JiraState;
  readonly now: () => Date;
  readonly siteUrl: () => string;
  /** At Atlassian's gateway only tokens with scopes work, and at the site only those without. */
  readonly gateway?: boolean;
}

export interface Call {
  readonly method: string;
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

/** https://github.com/MrRefactoring/jira.js/issues/418 */
const NOT_SIGNED_IN = { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' };

const UNAUTHORIZED: Answer = {
  status: 401,
  body: {
    errorMessages: ['Client must be authenticated to access this resource.'],
    errors: {},
  },
};

/**
 * Checks address and token as Atlassian does, then the global permission Jira documents. What
 * anybody may ask is answered with `forNobody` to those who lack either.
 */
export function guarded(
  world: World,
  needs: string,
  handle: (call: Call, asker: SandboxUser) => Answer,
  forNobody?: unknown,
): (call: Call) => Answer {
  return (call) => {
    const signedIn = authenticate(world, call.headers['authorization'] ?? '');
    // The gateway lets nobody in; a site takes a dead token for no token.
    if (signedIn === undefined) {
      const isOpen = forNobody !== undefined && world.gateway !== true;
      return isOpen ? { status: 200, body: forNobody, headers: NOT_SIGNED_IN } : UNAUTHORIZED;
    }
    const { user: asker, token } = signedIn;
    if (token.scoped && !token.scopes.includes(scopeFor(call))) return OUT_OF_SCOPE;
    try {
      if (!globalPermissions(world.state, asker).has(needs)) {
        if (forNobody !== undefined) return { status: 200, body: forNobody };
        throw new Refusal(403, 'You do not have permission to do this.');
      }
      return handle(call, asker);
    } catch (error) {
      if (error instanceof Refusal) return { status: error.status, body: error.body };
      throw error;
    }
  };
}

function isAlive(token: SandboxToken, now: Date): boolean {
  return !token.revoked && token.expiresAt > now.toISOString();
}

const OUT_OF_SCOPE: Answer = {
  status: 401,
  body: { code: 401, message: 'Unauthorized; scope does not match' },
};

function scopeFor({ method, path }: Call): string {
  if (method !== 'GET') return 'write:jira-work';
  return /\/(?:user|users|myself|groups?)\b/.test(path) ? 'read:jira-user' : 'read:jira-work';
}

function authenticate(
  { state, now, gateway = false }: World,
  header: string,
): { user: SandboxUser; token: SandboxToken } | undefined {
  const [email, value] = Buffer.from(header.replace(/^Basic /, ''), 'base64')
    .toString('utf8')
    .split(/:(.*)/s);
  const user = state.users.find((one) => one.email === email && one.signedUp && one.active);
  const token = state.tokens.find(
    (one) => one.value === value && one.accountId === user?.accountId && one.scoped === gateway,
  );
  if (user === undefined || token === undefined) return undefined;
  return isAlive(token, now()) ? { user, token } : undefined;
}

export function required(call: Call, name: string): string {
  const value = call.query.get(name);
  if (value !== null && value !== '') return value;
  throw new Refusal(400, `The parameter ${name} is missing.`);
}

export function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Refusal(400, 'Invalid request payload. Refer to the REST API documentation.');
}

export function page<T>(call: Call, all: readonly T[]): T[] {
  const start = Number(call.query.get('startAt') ?? 0);
  return all.slice(start, start + Number(call.query.get('maxResults') ?? 50));
}
