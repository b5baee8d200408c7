import type { z } from 'zod';

import { Refusal, hasGlobal } from './sandbox-state.ts';
import type { BitbucketState, Global, SandboxToken, SandboxUser } from './sandbox-state.ts';

export interface World {
  readonly state: BitbucketState;
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
  readonly headers?: Readonly<Record<string, string>>;
}

export type Routes = Readonly<Record<string, (call: Call) => Answer>>;

export interface Asker {
  readonly user: SandboxUser;
  /** Null when the asker came with a password. */
  readonly token: SandboxToken | null;
}

const ATTEMPTS = 5;
const DAY_MS = 24 * 60 * 60_000;

/** Signs in as Bitbucket does, checks the global permission, and names the asker in a header. */
export function guarded(
  world: World,
  needs: Global | 'nothing',
  handle: (call: Call, asker: Asker) => Answer,
): (call: Call) => Answer {
  return (call) => {
    const { gate } = world.state;
    if (gate === 'redirect') return { status: 302, headers: { location: '/login' } };
    if (gate === 'page') return { status: 200, body: '<html><title>Log in</title></html>' };
    try {
      const asker = signIn(world, call.headers['authorization'] ?? '');
      const headers = { 'x-ausername': encodeURIComponent(asker.user.name) };
      return { ...answer(needs, handle, call, asker), headers };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const isCaptcha = error.message.startsWith('CAPTCHA');
      const reason = 'CAPTCHA_CHALLENGE; login-url=/login';
      return {
        status: error.status,
        body: error.body,
        ...(isCaptcha ? { headers: { 'x-authentication-denied-reason': reason } } : {}),
      };
    }
  };
}

function answer(
  needs: Global | 'nothing',
  handle: (call: Call, asker: Asker) => Answer,
  call: Call,
  asker: Asker,
): Answer {
  try {
    if (needs !== 'nothing' && !isAllowed(asker, needs)) throw unauthorised();
    return handle(call, asker);
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, body: error.body };
    throw error;
  }
}

/** No token has a global permission above that of a licensed user. */
function isAllowed({ user, token }: Asker, needs: Global): boolean {
  return hasGlobal(user, needs) && (token === null || needs === 'LICENSED_USER');
}

export function unauthorised(): Refusal {
  const message = 'You are not permitted to access this resource';
  return new Refusal(401, message, 'AuthorisationException');
}

function signIn(world: World, header: string): Asker {
  if (header.startsWith('Bearer ')) return bearer(world, header.slice('Bearer '.length));
  const decoded = Buffer.from(header.replace(/^Basic /, ''), 'base64').toString('utf8');
  const [name = '', password = ''] = decoded.split(/:(.*)/s);
  const user = world.state.users.find((one) => one.name === name && one.active);
  if (user === undefined) throw failed();
  return basic(world, user, password);
}

function bearer({ state, now }: World, value: string): Asker {
  const token = state.tokens.find((one) => one.value === value && isAlive(one, now()));
  const user = state.users.find((one) => one.id === token?.userId && one.active);
  if (token === undefined || user === undefined) throw failed();
  return { user, token };
}

function basic(world: World, user: SandboxUser, password: string): Asker {
  const { state, now } = world;
  const token = state.tokens.find((one) => one.value === password && one.userId === user.id);
  if (state.tokensAsPasswords && token !== undefined && isAlive(token, now())) {
    return { user, token };
  }
  if (user.failedSignIns >= ATTEMPTS) {
    const exception = 'auth.CaptchaRequiredAuthenticationException';
    throw new Refusal(401, 'CAPTCHA required.', exception);
  }
  if (!state.basicAuth && !hasGlobal(user, 'ADMIN')) {
    const message = 'Basic Authentication has been disabled on this instance.';
    throw new Refusal(403, message, 'auth.AuthenticationException');
  }
  if (user.password !== password) {
    user.failedSignIns += 1;
    throw failed();
  }
  user.failedSignIns = 0;
  return { user, token: null };
}

function failed(): Refusal {
  const message = 'Authentication failed. Please check your credentials and try again.';
  return new Refusal(401, message, 'auth.IncorrectPasswordAuthenticationException');
}

function isAlive({ createdDate, expiryDays }: SandboxToken, now: Date): boolean {
  return expiryDays === null || createdDate + expiryDays * DAY_MS > now.getTime();
}

export function required(call: Call, name: string): string {
  const value = call.query.get(name);
  if (value !== null && value !== '') return value;
  throw badRequest(`The parameter ${name} is missing.`);
}

export function badRequest(message: string): Refusal {
  return new Refusal(400, message, 'validation.ArgumentValidationException');
}

export function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw badRequest('Unexpected fields or values in the request.');
}

/** Bitbucket's paging: 25 unless told otherwise. */
export function page(call: Call, all: readonly unknown[]): Answer {
  const start = Number(call.query.get('start') ?? 0);
  const limit = Number(call.query.get('limit') ?? 25);
  const end = start + limit;
  const isLastPage = end >= all.length;
  const values = all.slice(start, end);
  const more = isLastPage ? {} : { nextPageStart: end };
  return { status: 200, body: { size: values.length, limit, start, isLastPage, values, ...more } };
}
