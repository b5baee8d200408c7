import { z } from 'zod';

import { Refusal, addToken, addUser, removeUser } from './sandbox-state.ts';
import type { GitlabState, SandboxToken, SandboxUser } from './sandbox-state.ts';

const DAY_MS = 24 * 60 * 60_000;
const KNOWN_SCOPES = [
  'api',
  'read_api',
  'read_user',
  'read_repository',
  'write_repository',
  'sudo',
  'admin_mode',
  'create_runner',
  'manage_runner',
  'k8s_proxy',
  'self_rotate',
  'ai_features',
];

const accountBody = z.strictObject({
  name: z.string().optional(),
  username: z.string().optional(),
  email: z.email().optional(),
});

const tokenBody = z.strictObject({
  name: z.string().min(1),
  description: z.string().optional(),
  scopes: z.array(z.string()).min(1),
  expires_at: z.iso.date().optional(),
});

/** Makes a service account with GitLab's own rules for names, addresses and plan limits. */
export function createServiceAccount(
  state: GitlabState,
  owner: number | 'instance',
  body: unknown,
): SandboxUser {
  const wish = parse(accountBody, body);
  const username = wish.username ?? `service_account_${state.nextId()}`;
  const email = wish.email;
  checkNames(state, username, email);
  checkSeats(state, owner);
  const waits = state.confirmsAddresses && email !== undefined;
  return addUser(state, {
    username,
    name: wish.name ?? 'Service account user',
    serviceOf: owner,
    ...(waits ? { unconfirmedEmail: email } : {}),
    ...(email !== undefined && !waits ? { email } : {}),
  });
}

function checkNames(state: GitlabState, username: string, email: string | undefined): void {
  if (!/^[a-zA-Z0-9_][a-zA-Z0-9_.-]{1,253}[a-zA-Z0-9_-]$/.test(username)) {
    throw badRequest('Username can contain only letters, digits, _, - and .');
  }
  const taken = state.users.some((user) => user.username.toLowerCase() === username.toLowerCase());
  if (taken) throw badRequest('Username has already been taken');
  if (email !== undefined && state.users.some((user) => user.email === email)) {
    throw badRequest('Email has already been taken');
  }
}

function checkSeats(state: GitlabState, owner: number | 'instance'): void {
  const accounts = state.users.filter((user) => user.serviceOf !== null);
  if (accounts.length < state.accountLimit) return;
  const why = 'No more seats are available to create Service Account User';
  throw owner === 'instance' ? forbidden(why) : badRequest(why);
}

export function deleteServiceAccount(state: GitlabState, user: SandboxUser): void {
  const ownsAlone = state.memberships.some(
    (one) =>
      one.kind === 'group' &&
      one.userId === user.id &&
      one.level === 50 &&
      !state.memberships.some(
        (other) =>
          other.kind === 'group' &&
          other.placeId === one.placeId &&
          other.userId !== user.id &&
          other.level === 50,
      ),
  );
  if (ownsAlone) {
    throw new Refusal(409, { message: 'User cannot be removed while it is the sole owner' });
  }
  removeUser(state, user.id);
}

export function createToken(
  state: GitlabState,
  user: SandboxUser,
  body: unknown,
  now: Date,
): SandboxToken {
  const wish = parse(tokenBody, body);
  const unknown = wish.scopes.filter((scope) => !KNOWN_SCOPES.includes(scope));
  if (unknown.length > 0) throw badRequest('scopes does not have a valid value');
  if (['sudo', 'admin_mode'].some((scope) => wish.scopes.includes(scope)) && !user.isAdmin) {
    throw badRequest('Scopes can only contain available scopes');
  }
  const latest = dateIn(now, state.longestTokenDays);
  const expiresAt = wish.expires_at ?? latest;
  if (expiresAt > latest) throw badRequest(`Expiration date must be before ${latest}`);
  if (expiresAt <= dateIn(now, 0)) throw badRequest('Expiration date must be in the future');
  return addToken(state, { name: wish.name, scopes: wish.scopes, userId: user.id, expiresAt });
}

/** A date so many days from now, as GitLab writes dates. */
export function dateIn(now: Date, days: number): string {
  return new Date(now.getTime() + days * DAY_MS).toISOString().slice(0, 10);
}

export function badRequest(why: string): Refusal {
  return new Refusal(400, { message: `400 Bad request - ${why}` });
}

/** How the calls about the whole instance refuse; those about a group do it as bad requests. */
function forbidden(why: string): Refusal {
  return new Refusal(403, { message: `403 Forbidden - ${why}` });
}

/** Grape's answer to a body that does not fit. */
export function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Refusal(400, { error: `${issue?.path.join('.') ?? 'body'} is invalid` });
}

export function accountView(user: SandboxUser): unknown {
  return {
    id: user.id,
    username: user.username,
    name: user.name,
    email: user.email,
    ...(user.unconfirmedEmail === null ? {} : { unconfirmed_email: user.unconfirmedEmail }),
  };
}

export function tokenView(token: SandboxToken, now: Date): Record<string, unknown> {
  return {
    id: token.id,
    name: token.name,
    revoked: token.revoked,
    created_at: now.toISOString(),
    description: null,
    scopes: token.scopes,
    user_id: token.userId,
    last_used_at: null,
    active: isAlive(token, now),
    expires_at: token.expiresAt,
  };
}

/** Dead from 00:00 UTC of its date. */
export function isAlive(token: SandboxToken, now: Date): boolean {
  return !token.revoked && (token.expiresAt === null || token.expiresAt > dateIn(now, 0));
}
