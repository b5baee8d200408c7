import { randomUUID } from 'node:crypto';

import { Secret } from '../../domain/secret.ts';
import { NOTHING } from '../../sandbox/kit/adapter-sandbox.ts';
import type { AdapterSandbox, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import { startServer } from '../../sandbox/kit/server.ts';
import type {
  Handler,
  Routes,
  SandboxAnswer,
  SandboxRequest,
  SandboxServer,
} from '../../sandbox/kit/server.ts';
import { createAccess } from './sandbox-access.ts';
import type { Policy } from './sandbox-access.ts';
import {
  data,
  failed,
  readData,
  readMetadata,
  writeData,
  writeMetadata,
} from './sandbox-kv-api.ts';
import { createKv } from './sandbox-kv.ts';
import {
  capabilitiesSelf,
  login,
  loginByJwt,
  lookupSelf,
  unwrap,
  wrapIfAsked,
} from './sandbox-tokens.ts';
import type { MountConfig, World } from './sandbox-tokens.ts';

const MOUNT = 'flow';
const LEAST: Policy = {
  [`${MOUNT}/data/flow-*`]: ['create', 'read', 'update'],
  [`${MOUNT}/metadata/flow-*`]: ['create', 'delete', 'read', 'update'],
};

export interface VaultSandbox extends AdapterSandbox {
  readonly server: SandboxServer;
  /** What a person sees in the UI's list: names, versions and labels, never values. */
  secretsMeta(): readonly {
    readonly name: string;
    readonly version: number;
    readonly deleted: boolean;
    readonly labels: Readonly<Record<string, string>> | null;
  }[];
  /** What a person reads who opens it there; undefined when there is nothing to open. */
  valueOf(name: string): string | undefined;
  /** What people do by hand. */
  put(name: string, value: string, labels?: Record<string, string>): void;
  softDelete(name: string): void;
  undelete(name: string): void;
  setSealed(sealed: boolean): void;
  setKvVersion(version: '1' | '2'): void;
  setPolicy(policy: Policy): void;
  setMountConfig(config: MountConfig): void;
  /** What an identity provider issues for us. */
  issueJwt(): string;
  revokeTokens(): void;
  issueToken(policies: readonly string[], seconds: number): Secret;
}

/** A Vault with one KV version 2 mount, one AppRole and the rules that matter to us. */
export async function openSandbox(deps: SandboxDeps): Promise<VaultSandbox> {
  const now = (): number => deps.clock.now().getTime();
  const world: World = {
    kv: createKv(() => deps.clock.now().toISOString()),
    access: createAccess(now),
    wrapped: new Map(),
    now,
    roleId: randomUUID(),
    secretId: randomUUID(),
    policy: LEAST,
    sealed: false,
    kvVersion: '2',
    mountConfig: { cas_required: true, delete_version_after: '0s' },
    jwt: `eyJhbGciOiJSUzI1NiJ9.${randomUUID()}`,
  };
  const server = await startServer({
    name: 'Vault',
    routes: routes(world),
    before: (request) => before(world, request),
    ...(deps.port === undefined ? {} : { port: deps.port }),
  });
  return {
    server,
    servers: [server],
    config: {
      address: server.url,
      mount: MOUNT,
      auth: {
        method: 'approle',
        role_id: world.roleId,
        secret_id: new Secret(world.secretId),
      },
    },
    perform: () => Promise.resolve(NOTHING),
    close: () => server.close(),
    ...controls(world),
  };
}

function controls(world: World) {
  const { kv, access } = world;
  return {
    secretsMeta: () =>
      [...kv.entries].map(([name, entry]) => ({
        name,
        version: entry.current,
        deleted: entry.versions.get(entry.current)?.deletedAt !== '',
        labels: entry.labels,
      })),
    valueOf(name: string): string | undefined {
      const version = kv.current(name);
      const value = version?.deletedAt === '' ? version.data['value'] : undefined;
      return typeof value === 'string' ? value : undefined;
    },
    put(name: string, value: string, labels?: Record<string, string>): void {
      kv.write(name, undefined, { value });
      if (labels !== undefined) kv.label(name, labels);
    },
    softDelete: (name: string) => kv.softDelete(name),
    undelete: (name: string) => kv.undelete(name),
    setSealed(sealed: boolean): void {
      world.sealed = sealed;
    },
    setKvVersion(version: '1' | '2'): void {
      world.kvVersion = version;
    },
    setPolicy(policy: Policy): void {
      world.policy = policy;
      access.setPolicy(policy);
    },
    setMountConfig(config: MountConfig): void {
      world.mountConfig = config;
    },
    issueJwt(): string {
      world.jwt = `eyJhbGciOiJSUzI1NiJ9.${randomUUID()}`;
      return world.jwt;
    },
    revokeTokens: () => access.revokeAll(),
    issueToken: (policies: readonly string[], seconds: number) =>
      new Secret(access.issue(world.policy, policies, seconds)),
  };
}

const OPEN = /^\/v1\/(?:sys\/health|auth\/(?:approle|jwt)\/login|sys\/wrapping\/unwrap)$/;
const OWN =
  /^\/v1\/(?:sys\/capabilities-self|auth\/token\/lookup-self|sys\/internal\/ui\/mounts\/.+)$/;

function before(world: World, request: SandboxRequest): SandboxAnswer | undefined {
  if (request.path === '/v1/sys/health') {
    return request.headers['x-vault-namespace'] === undefined
      ? undefined
      : failed(404, 'unsupported path');
  }
  if (world.sealed) return failed(503, 'Vault is sealed');
  if (request.headers['x-vault-namespace'] !== undefined) return failed(404, 'namespace not found');
  if (OPEN.test(request.path) || !request.path.startsWith('/v1/')) return undefined;
  const token = world.access.living(request.headers['x-vault-token']);
  if (token === undefined) {
    return failed(403, '2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n');
  }
  if (OWN.test(request.path)) return undefined;
  const path = decodeURIComponent(request.path.replace('/v1/', ''));
  const held = world.access.capabilities(token, path);
  const allowed = held.includes('root') || held.includes(capabilityFor(world, request, path));
  return allowed ? undefined : failed(403, '1 error occurred:\n\t* permission denied\n\n');
}

function capabilityFor(world: World, request: SandboxRequest, path: string): string {
  if (request.method === 'GET') return 'read';
  if (request.method === 'DELETE') return 'delete';
  if (request.method === 'PATCH') return 'patch';
  const exists = world.kv.get(path.split('/').at(-1) ?? '') !== undefined;
  return exists ? 'update' : 'create';
}

function routes(world: World): Routes {
  const table: Record<string, Handler> = {
    'GET /v1/sys/health': () => health(world),
    'GET /v1/sys/internal/ui/mounts/:mount': ({ params }) =>
      params['mount'] === MOUNT
        ? data({ type: 'kv', path: `${MOUNT}/`, options: { version: world.kvVersion } })
        : failed(
            403,
            'preflight capability check returned 403, please ensure client\'s policies grant access to path "x/"',
          ),
    'POST /v1/sys/capabilities-self': (request) => capabilitiesSelf(world, request),
    'POST /v1/sys/wrapping/unwrap': (request) => unwrap(world, request),
    'POST /v1/auth/approle/login': (request) => login(world, request),
    'POST /v1/auth/jwt/login': (request) => loginByJwt(world, request),
    [`GET /v1/${MOUNT}/config`]: () => data({ max_versions: 0, ...world.mountConfig }),
    'GET /v1/auth/token/lookup-self': (request) => lookupSelf(world, request),
    [`POST /v1/${MOUNT}/data/:name`]: ({ params, body }) =>
      writeData(world.kv, params['name'] ?? '', body, world.mountConfig.cas_required),
    [`GET /v1/${MOUNT}/data/:name`]: (request) =>
      wrapIfAsked(world, request, readData(world.kv, request.params['name'] ?? '')),
    [`DELETE /v1/${MOUNT}/data/:name`]: ({ params }) => {
      world.kv.softDelete(params['name'] ?? '');
      return { status: 204 };
    },
    [`GET /v1/${MOUNT}/metadata/:name`]: ({ params }) =>
      readMetadata(world.kv, params['name'] ?? ''),
    [`POST /v1/${MOUNT}/metadata/:name`]: ({ params, body }) =>
      writeMetadata(world.kv, params['name'] ?? '', body),
    [`DELETE /v1/${MOUNT}/metadata/:name`]: ({ params }) => {
      world.kv.removeAll(params['name'] ?? '');
      return { status: 204 };
    },
    'GET /ui/vault/secrets/:mount/kv/:name': ({ params }) => browse(world, params['name'] ?? ''),
    'GET /v1/*path': ({ params }) => noRoute(params['path']),
    'POST /v1/*path': ({ params }) => noRoute(params['path']),
  };
  return table;
}

function health({ sealed }: World): SandboxAnswer {
  const body = { initialized: true, sealed, standby: false, version: '1.21.2' };
  return { status: sealed ? 503 : 200, body };
}

/** What the UI shows to somebody who has not signed in: that it exists, never its value. */
function browse(world: World, name: string): SandboxAnswer {
  const entry = world.kv.get(name);
  if (entry === undefined) return { status: 404, body: '<h1>No such secret</h1>' };
  const text = `<h1>${name}</h1><p>Version ${entry.current}. Sign in to Vault to see the value.</p>`;
  return { status: 200, body: `<meta charset="utf-8">${text}` };
}

function noRoute(path: string | undefined): SandboxAnswer {
  return failed(404, `no handler for route "${path ?? ''}". route entry not found.`);
}
