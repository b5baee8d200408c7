import { randomUUID } from 'node:crypto';

import { z } from 'zod';

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
import { Refusal, createSecrets } from './sandbox-secrets.ts';
import type { AzureSecrets } from './sandbox-secrets.ts';

const TENANT = '11111111-2222-4333-8444-555555555555';
const CLIENT = '66666666-7777-4888-8999-000000000000';
const LEAST = ['getSecret', 'setSecret', 'update', 'readMetadata', 'delete', 'purge'];

export interface AzureSandbox extends AdapterSandbox {
  readonly server: SandboxServer;
  readonly secrets: AzureSecrets;
  /** What people do by hand. */
  put(name: string, value: string, tags?: Readonly<Record<string, string>>): void;
  softDelete(name: string): void;
  recover(name: string): void;
  disable(name: string): void;
  /** Turns purge protection on, as most organisations do. */
  protectFromPurging(): void;
  allow(actions: readonly string[]): void;
  closeFirewall(): void;
  issued(): number;
  revokeTokens(): void;
}

interface World {
  readonly secrets: AzureSecrets;
  readonly tokens: Map<string, number>;
  readonly clientSecret: string;
  readonly now: () => number;
  actions: readonly string[];
  firewall: boolean;
  issued: number;
  url: string;
}

/** One vault, Microsoft's token endpoint and the metadata service of a machine. */
export async function openSandbox(deps: SandboxDeps): Promise<AzureSandbox> {
  const world: World = {
    secrets: createSecrets(),
    tokens: new Map(),
    clientSecret: randomUUID(),
    now: () => deps.clock.now().getTime(),
    actions: LEAST,
    firewall: false,
    issued: 0,
    url: '',
  };
  const server = await startServer({
    name: 'Azure Key Vault',
    routes: routes(world),
    before: (request) => before(world, request),
    ...(deps.port === undefined ? {} : { port: deps.port }),
  });
  world.url = server.url;
  return {
    server,
    servers: [server],
    secrets: world.secrets,
    config: {
      vault_url: server.url,
      auth: {
        method: 'client',
        tenant_id: TENANT,
        client_id: CLIENT,
        client_secret: new Secret(world.clientSecret),
        login_url: server.url,
      },
      link: `${server.url}/portal/{name}`,
    },
    perform: () => Promise.resolve(NOTHING),
    close: () => server.close(),
    ...controls(world),
  };
}

function controls(world: World) {
  const { secrets } = world;
  return {
    put: (name: string, value: string, tags: Readonly<Record<string, string>> = {}) =>
      void secrets.set(name, value, tags),
    softDelete: (name: string) => void secrets.remove(name),
    recover: (name: string) => secrets.recover(name),
    disable(name: string): void {
      secrets.get(name).enabled = false;
    },
    protectFromPurging(): void {
      secrets.state.recoveryLevel = 'CustomizedRecoverable';
    },
    allow(actions: readonly string[]): void {
      world.actions = actions;
    },
    closeFirewall(): void {
      world.firewall = true;
    },
    issued: () => world.issued,
    revokeTokens: () => world.tokens.clear(),
  };
}

function before(world: World, { path, headers, query }: SandboxRequest): SandboxAnswer | undefined {
  if (!/^\/(?:deleted)?secrets\//.test(path)) return undefined;
  const until = world.tokens.get((headers['authorization'] ?? '').replace('Bearer ', '')) ?? 0;
  if (until <= world.now()) {
    return failed(
      new Refusal(401, 'Unauthorized', 'AKV10000: Request is missing a Bearer or PoP token.'),
    );
  }
  if (world.firewall) {
    return failed(
      new Refusal(403, 'Forbidden', 'Client address is not authorized.', 'ForbiddenByFirewall'),
    );
  }
  if (query.get('api-version') === '2025-07-01') return undefined;
  return failed(new Refusal(400, 'BadParameter', 'api-version must be specified'));
}

const setBody = z.strictObject({
  value: z.string(),
  tags: z.record(z.string(), z.string()),
  contentType: z.string().max(255),
});
const tagBody = z.strictObject({ tags: z.record(z.string(), z.string()) });

function routes(world: World): Routes {
  const { secrets } = world;
  const on = (action: string, work: (name: string, request: SandboxRequest) => unknown) =>
    guarded(world, action, work);
  return {
    [`POST /${TENANT}/oauth2/v2.0/token`]: (request) => byClient(world, request),
    'GET /metadata/identity/oauth2/token': (request) => byIdentity(world, request),
    'GET /portal/:name': ({ params }) => browse(world, params['name'] ?? ''),
    'GET /secrets/:name': on('getSecret', (name) => valueOf(world, name)),
    'GET /secrets/:name/:version': on('getSecret', (name, { params }) =>
      valueOf(world, name, params['version']),
    ),
    'PUT /secrets/:name': on('setSecret', (name, { body }) => {
      const sent = read(setBody, body);
      return bundle(world, name, secrets.set(name, sent.value, sent.tags));
    }),
    'PATCH /secrets/:name/:version': on('update', (name, { params, body }) =>
      bundle(world, name, secrets.tag(name, params['version'] ?? '', read(tagBody, body).tags)),
    ),
    'DELETE /secrets/:name': on('delete', (name) => deletedBody(world, name, secrets.remove(name))),
    'GET /deletedsecrets/:name': on('readMetadata', (name) =>
      deletedBody(world, name, secrets.getDeleted(name).at(-1)),
    ),
    'DELETE /deletedsecrets/:name': on('purge', (name) => secrets.purge(name)),
  };
}

function guarded(
  world: World,
  action: string,
  work: (name: string, request: SandboxRequest) => unknown,
): Handler {
  return (request) => {
    try {
      if (!world.actions.includes(action)) {
        throw new Refusal(
          403,
          'Forbidden',
          `Caller is not authorized to perform action on resource: Microsoft.KeyVault/vaults/secrets/${action}`,
          'ForbiddenByRbac',
        );
      }
      const body = work(request.params['name'] ?? '', request);
      return body === undefined ? { status: 204 } : { status: 200, body };
    } catch (error) {
      if (error instanceof Refusal) return failed(error);
      throw error;
    }
  };
}

function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const sent = schema.safeParse(body);
  if (sent.success) return sent.data;
  throw new Refusal(400, 'BadParameter', sent.error.message);
}

type Stored = ReturnType<AzureSecrets['get']>;

function valueOf(world: World, name: string, version?: string): unknown {
  const found = world.secrets.get(name, version);
  if (found.enabled) return { ...bundle(world, name, found), value: found.value };
  throw new Refusal(
    403,
    'Forbidden',
    'Operation get is not allowed on a disabled secret.',
    'SecretDisabled',
  );
}

function bundle({ url, secrets }: World, name: string, { id, tags, enabled }: Stored) {
  const attributes = {
    enabled,
    created: 1_795_424_400,
    recoveryLevel: secrets.state.recoveryLevel,
  };
  return { id: `${url}/secrets/${name}/${id}`, tags, attributes, contentType: 'text/plain' };
}

function deletedBody(world: World, name: string, found: Stored | undefined): unknown {
  if (found === undefined) throw new Refusal(404, 'SecretNotFound', name);
  return { ...bundle(world, name, found), recoveryId: `${world.url}/deletedsecrets/${name}` };
}

const grant = z.strictObject({
  grant_type: z.literal('client_credentials'),
  client_id: z.literal(CLIENT),
  client_secret: z.string(),
  scope: z.literal('https://vault.azure.net/.default'),
});

function byClient(world: World, { body }: SandboxRequest): SandboxAnswer {
  const sent = grant.safeParse(body);
  if (sent.data?.client_secret === world.clientSecret) return issue(world, 3599);
  return {
    status: 401,
    body: {
      error: 'invalid_client',
      error_description: 'AADSTS7000215: Invalid client secret provided.',
    },
  };
}

function byIdentity(world: World, { headers, query }: SandboxRequest): SandboxAnswer {
  const isRight =
    headers['metadata'] === 'true' &&
    query.get('api-version') === '2018-02-01' &&
    query.get('resource') === 'https://vault.azure.net';
  return isRight ? issue(world, '3599') : { status: 400, body: { error: 'invalid_request' } };
}

function issue(world: World, expires_in: number | string): SandboxAnswer {
  world.issued += 1;
  const access_token = `eyJ0.${randomUUID()}`;
  world.tokens.set(access_token, world.now() + 3_599_000);
  return { status: 200, body: { token_type: 'Bearer', expires_in, access_token } };
}

function failed({ status, kind, message, inner }: Refusal): SandboxAnswer {
  const error = {
    code: kind,
    message,
    ...(inner === undefined ? {} : { innererror: { code: inner } }),
  };
  return { status, body: { error } };
}

/** What the portal shows before anybody presses "Show Secret Value". */
function browse({ secrets }: World, name: string): SandboxAnswer {
  if (!secrets.living.has(secrets.key(name)))
    return { status: 404, body: '<h1>No such secret</h1>' };
  return {
    status: 200,
    body: `<meta charset="utf-8"><h1>${name}</h1><p>Sign in to see the value.</p>`,
  };
}
