import { randomUUID } from 'node:crypto';

import { z } from 'zod';

import type { SandboxAnswer, SandboxRequest } from '../../sandbox/kit/server.ts';
import type { Access, Policy } from './sandbox-access.ts';
import { data, failed } from './sandbox-kv-api.ts';
import type { Kv } from './sandbox-kv.ts';

const LEASE_SECONDS = 1200;

export interface MountConfig {
  readonly cas_required: boolean;
  readonly delete_version_after: string;
}

/** What a sandboxed Vault knows and how it stands. */
export interface World {
  readonly kv: Kv;
  readonly access: Access;
  readonly wrapped: Map<string, { readonly body: unknown; readonly until: number }>;
  readonly now: () => number;
  readonly roleId: string;
  readonly secretId: string;
  policy: Policy;
  sealed: boolean;
  kvVersion: '1' | '2';
  mountConfig: MountConfig;
  jwt: string;
}

const loginBody = z.strictObject({ role_id: z.string(), secret_id: z.string() });

export function login(world: World, { body }: SandboxRequest): SandboxAnswer {
  const sent = loginBody.safeParse(body);
  if (!sent.success) return failed(400, 'missing role_id');
  if (sent.data.role_id !== world.roleId || sent.data.secret_id !== world.secretId) {
    return failed(400, 'invalid role or secret ID');
  }
  return signedIn(world);
}

const jwtBody = z.strictObject({ role: z.string(), jwt: z.string() });

export function loginByJwt(world: World, { body }: SandboxRequest): SandboxAnswer {
  const sent = jwtBody.safeParse(body);
  if (!sent.success) return failed(400, 'missing role');
  if (sent.data.role !== 'flow') return failed(400, `role "${sent.data.role}" could not be found`);
  if (sent.data.jwt !== world.jwt) {
    return failed(400, 'error validating token: error verifying token signature');
  }
  return signedIn(world);
}

function signedIn(world: World): SandboxAnswer {
  const client_token = world.access.issue(world.policy, ['default', 'flow'], LEASE_SECONDS);
  return {
    status: 200,
    body: { auth: { client_token, lease_duration: LEASE_SECONDS, renewable: true } },
  };
}

export function lookupSelf(world: World, { headers }: SandboxRequest): SandboxAnswer {
  const token = world.access.living(headers['x-vault-token']);
  const until = token?.until ?? Infinity;
  return data({
    policies: token?.policies ?? [],
    expire_time: until === Infinity ? null : new Date(until).toISOString(),
  });
}

const pathsBody = z.strictObject({ paths: z.array(z.string()) });

export function capabilitiesSelf(world: World, { body, headers }: SandboxRequest): SandboxAnswer {
  const sent = pathsBody.safeParse(body);
  const token = world.access.living(headers['x-vault-token']);
  if (!sent.success || token === undefined) return failed(400, 'missing paths');
  const held = sent.data.paths.map((path) => [path, world.access.capabilities(token, path)]);
  return data(Object.fromEntries(held));
}

export function wrapIfAsked(
  world: World,
  request: SandboxRequest,
  answer: SandboxAnswer,
): SandboxAnswer {
  const seconds = Number(request.headers['x-vault-wrap-ttl'] ?? 0);
  if (seconds === 0 || answer.status !== 200) return answer;
  const token = `hvs.${randomUUID()}`;
  world.wrapped.set(token, { body: answer.body, until: world.now() + seconds * 1000 });
  const creation_path = request.path.replace('/v1/', '');
  return { status: 200, body: { wrap_info: { token, ttl: seconds, creation_path } } };
}

export function unwrap(world: World, request: SandboxRequest): SandboxAnswer {
  const token = request.headers['x-vault-token'] ?? '';
  const held = world.wrapped.get(token);
  world.wrapped.delete(token);
  if (held === undefined || world.now() >= held.until) {
    return failed(400, 'wrapping token is not valid or does not exist');
  }
  return { status: 200, body: held.body };
}
