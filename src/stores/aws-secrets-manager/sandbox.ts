import { randomUUID } from 'node:crypto';

import { Secret } from '../../domain/secret.ts';
import { NOTHING } from '../../sandbox/kit/adapter-sandbox.ts';
import type { AdapterSandbox, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import { startServer } from '../../sandbox/kit/server.ts';
import type { SandboxAnswer, SandboxRequest, SandboxServer } from '../../sandbox/kit/server.ts';
import { isOperation, perform, subjectOf } from './sandbox-api.ts';
import { Refusal, createSecrets } from './sandbox-secrets.ts';
import type { AwsSecrets, Tags } from './sandbox-secrets.ts';
import { refuseSignature } from './sandbox-signature.ts';
import type { KnownKeys } from './sandbox-signature.ts';

const REGION = 'eu-central-1';
const TYPE = { 'content-type': 'application/x-amz-json-1.1' };
const ROLE = 'flow-accounts';

/** What a role may do: an operation, and the beginning of the names it may do it with. */
export type Rule = readonly [operation: string, prefix: string];

export interface AwsSandbox extends AdapterSandbox {
  readonly server: SandboxServer;
  readonly secrets: AwsSecrets;
  /** What people do by hand. */
  put(name: string, value: string, tags?: Readonly<Record<string, string>>): void;
  softDelete(name: string): void;
  /** Undefined: everything is allowed for names that begin with `flow-`. */
  allow(rules: readonly Rule[] | undefined): void;
  /** Ends the keys that roles were given. */
  endRoleKeys(): void;
  /** How often keys were handed out to a role. */
  handedOut(): number;
}

interface World {
  readonly secrets: AwsSecrets;
  readonly keys: Map<string, KnownKeys>;
  readonly now: () => number;
  rules: readonly Rule[] | undefined;
  handedOut: number;
}

/** Secrets Manager in one region, and the two places that give a role's keys to its machine. */
export async function openSandbox(deps: SandboxDeps): Promise<AwsSandbox> {
  const own = { id: 'AKIAFLOWACCOUNTS0001', secret: randomUUID() };
  const world: World = {
    secrets: createSecrets(),
    keys: new Map([[own.id, { secret: own.secret, session: undefined }]]),
    now: () => deps.clock.now().getTime(),
    rules: undefined,
    handedOut: 0,
  };
  const server = await startServer({
    name: 'AWS Secrets Manager',
    routes: {
      'POST /': (request) => answer(world, request),
      'GET /container/credentials': ({ headers }) =>
        headers['authorization'] === 'container-token' ? roleKeys(world) : { status: 401 },
      'PUT /latest/api/token': ({ headers }) =>
        headers['x-aws-ec2-metadata-token-ttl-seconds'] === undefined
          ? { status: 400 }
          : { status: 200, body: 'instance-session', headers: { 'content-type': 'text/plain' } },
      'GET /latest/meta-data/iam/security-credentials/': (request) =>
        metadata(request, () => ({
          status: 200,
          body: ROLE,
          headers: { 'content-type': 'text/plain' },
        })),
      [`GET /latest/meta-data/iam/security-credentials/${ROLE}`]: (request) =>
        metadata(request, () => roleKeys(world)),
      'GET /secretsmanager/secret': ({ query }) => browse(world, query.get('name') ?? ''),
    },
    ...(deps.port === undefined ? {} : { port: deps.port }),
  });
  const auth = {
    method: 'keys',
    access_key_id: own.id,
    secret_access_key: new Secret(own.secret),
  };
  return {
    server,
    servers: [server],
    secrets: world.secrets,
    config: {
      region: REGION,
      endpoint: server.url,
      auth,
      link: `${server.url}/secretsmanager/secret?name={name}&region={region}`,
    },
    perform: () => Promise.resolve(NOTHING),
    close: () => server.close(),
    ...controls(world),
  };
}

function controls(world: World) {
  const { secrets } = world;
  return {
    put(name: string, value: string, tags: Readonly<Record<string, string>> = {}): void {
      const asTags: Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      if (secrets.all.has(name)) secrets.put(name, randomUUID(), value);
      else secrets.create(name, randomUUID(), value, asTags);
    },
    softDelete(name: string): void {
      secrets.usable(name).deletedAt = world.now();
    },
    allow(rules: readonly Rule[] | undefined): void {
      world.rules = rules;
    },
    endRoleKeys(): void {
      for (const [id, { session }] of world.keys) if (session !== undefined) world.keys.delete(id);
    },
    handedOut: () => world.handedOut,
  };
}

function answer(world: World, request: SandboxRequest): SandboxAnswer {
  try {
    const body = work(world, request);
    return { status: 200, headers: TYPE, ...(body === undefined ? {} : { body }) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const body = { __type: error.kind, Message: error.message };
    return { status: 400, headers: TYPE, body };
  }
}

function work(world: World, request: SandboxRequest): unknown {
  const refusal = refuseSignature(request, world.keys, world.now());
  if (refusal !== undefined) throw new Refusal(refusal, 'The request is not signed as it must be.');
  const operation = (request.headers['x-amz-target'] ?? '').replace('secretsmanager.', '');
  if (!isOperation(operation)) throw new Refusal('UnknownOperationException', operation);
  const body = JSON.parse(request.rawBody) as unknown;
  if (!mayDo(world, operation, subjectOf(body))) {
    throw new Refusal(
      'AccessDeniedException',
      `User is not authorized to perform: secretsmanager:${operation} because no identity-based policy allows the action`,
    );
  }
  return perform(world.secrets, operation, body, world.now());
}

function mayDo({ rules }: World, operation: string, name: string): boolean {
  if (rules === undefined) return name.startsWith('flow-');
  return rules.some(
    ([allowed, prefix]) => (allowed === '*' || allowed === operation) && name.startsWith(prefix),
  );
}

function metadata({ headers }: SandboxRequest, give: () => SandboxAnswer): SandboxAnswer {
  return headers['x-aws-ec2-metadata-token'] === 'instance-session' ? give() : { status: 401 };
}

function roleKeys(world: World): SandboxAnswer {
  world.handedOut += 1;
  const id = `ASIAFLOWACCOUNTS${String(world.handedOut).padStart(4, '0')}`;
  const known = { secret: randomUUID(), session: randomUUID() };
  world.keys.set(id, known);
  const keys = {
    AccessKeyId: id,
    SecretAccessKey: known.secret,
    Token: known.session,
    Expiration: new Date(world.now() + 60 * 60_000).toISOString(),
  };
  return { status: 200, body: JSON.stringify(keys), headers: { 'content-type': 'text/plain' } };
}

/** What the console shows before anybody presses "Retrieve secret value". */
function browse(world: World, name: string): SandboxAnswer {
  if (!world.secrets.all.has(name)) return { status: 404, body: '<h1>No such secret</h1>' };
  const text = `<h1>${name}</h1><p>Sign in to the AWS console to retrieve the value.</p>`;
  return { status: 200, body: `<meta charset="utf-8">${text}` };
}
