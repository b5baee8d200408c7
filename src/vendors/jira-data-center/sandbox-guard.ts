import type { z } from 'zod';

import { Refusal, globalPermissions } from './sandbox-state.ts';
import type { JiraState, SandboxToken, SandboxUser } from './sandbox-state.ts';

export interface World {
  readonly state: JiraState;
  readonly now: () => Date;
  readonly siteUrl: () => string;
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
  readonly headers?: Readonly<Record<string, string>>;
}

export type Routes = Readonly<Record<string, (call: Call) => Answer>>;

interface Asker {
  readonly user: SandboxUser;
  readonly how: 'password' | 'token';
}

const ATTEMPTS = 3;
const LOGIN_PAGE = '/login.jsp?permissionViolation=true';

/** Signs in as Jira does, with its headers and pages, then checks the global permission. */
export function guarded(
  world: World,
  needs: string,
  handle: (call: Call, asker: Asker) => Answer,
): (call: Call) => Answer {
  return (call) => {
    const { gate } = world.state;
    if (gate === 'redirect') return { status: 302, headers: { location: LOGIN_PAGE } };
    if (gate === 'page') return { status: 200, body: '<html><title>Log in</title></html>' };
    const asker = signIn(world, call.headers['authorization'] ?? '');
    if ('status' in asker) return asker;
    try {
      if (!globalPermissions(world.state, asker.user).has(needs)) {
        throw new Refusal(403, 'You are not authorized to perform this operation.');
      }
      return handle(call, asker);
    } catch (error) {
      if (error instanceof Refusal) return { status: error.status, body: error.body };
      throw error;
    }
  };
}

function signIn(world: World, header: string): Asker | Answer {
  if (header.startsWith('Bearer ')) return bearer(world, header.slice('Bearer '.length));
  return basic(world.state, header.replace(/^Basic /, ''));
}

function bearer({ state, now }: World, value: string): Asker | Answer {
  const token = state.tokens.find((one) => one.value === value);
  const user = state.users.find((one) => one.key === token?.userKey && one.active);
  if (user !== undefined && token !== undefined && isAlive(token, now())) {
    return { user, how: 'token' };
  }
  const message = 'Client must be authenticated to access this resource.';
  return { status: 401, body: { message, 'status-code': 401 } };
}

function basic(state: JiraState, header: string): Asker | Answer {
  if (!state.basicAuth) {
    const message = 'Basic Authentication has been disabled on this instance.';
    return { status: 403, body: { message } };
  }
  const [name, password] = Buffer.from(header, 'base64').toString('utf8').split(/:(.*)/s);
  const user = state.users.find((one) => one.name === name && one.active);
  if (user !== undefined && user.failedSignIns >= ATTEMPTS) {
    const denied = `CAPTCHA_CHALLENGE; login-url=${LOGIN_PAGE}`;
    return {
      status: 403,
      body: '<html>Basic Authentication Failure - Reason : AUTHENTICATION_DENIED</html>',
      headers: {
        'x-seraph-loginreason': 'AUTHENTICATION_DENIED',
        'x-authentication-denied-reason': denied,
      },
    };
  }
  if (user !== undefined && user.password === password) {
    user.failedSignIns = 0;
    return { user, how: 'password' };
  }
  if (user !== undefined) user.failedSignIns += 1;
  return {
    status: 401,
    body: '<html>Basic Authentication Failure - Reason : AUTHENTICATED_FAILED</html>',
    headers: { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' },
  };
}

function isAlive({ expiringAt }: SandboxToken, now: Date): boolean {
  return expiringAt === null || Date.parse(expiringAt) > now.getTime();
}

export function required(call: Call, name: string): string {
  const value = call.query.get(name);
  if (value !== null && value !== '') return value;
  throw new Refusal(400, `The parameter ${name} is missing.`);
}

export function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Refusal(400, 'Unexpected fields or values in the request.');
}
