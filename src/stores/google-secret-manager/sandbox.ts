import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';
import { NOTHING } from '../../sandbox/kit/adapter-sandbox.ts';
import type { AdapterSandbox, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import { startServer } from '../../sandbox/kit/server.ts';
import type {
  Routes,
  SandboxAnswer,
  SandboxRequest,
  SandboxServer,
} from '../../sandbox/kit/server.ts';
import { Refusal, createSecrets } from './sandbox-secrets.ts';
import type { GoogleSecret, GoogleSecrets } from './sandbox-secrets.ts';
import { EMAIL, createSignIn, keyPair } from './sandbox-sign-in.ts';
import type { SignIn } from './sandbox-sign-in.ts';

const PROJECT = 'acme-platform';
const AT = `/v1/projects/${PROJECT}/secrets`;
const FULL = 'projects/1234567/secrets';

/** What our service account may do: a permission, and the beginning of the names it may do it with. */
export type Rule = readonly [permission: string, prefix: string];

export interface GoogleSandbox extends AdapterSandbox {
  readonly server: SandboxServer;
  readonly secrets: GoogleSecrets;
  readonly signIn: SignIn;
  /** What people do by hand. */
  put(name: string, value: string, annotations?: Record<string, string>): void;
  softDelete(name: string): void;
  allow(rules: readonly Rule[]): void;
  disableApi(): void;
}

interface World {
  readonly secrets: GoogleSecrets;
  rules: readonly Rule[];
  isOff: boolean;
}

const LEAST: readonly Rule[] = [
  ['secretmanager.secrets.create', ''],
  ...[
    'secrets.get',
    'secrets.update',
    'secrets.delete',
    'secrets.getIamPolicy',
    'versions.get',
    'versions.access',
    'versions.add',
  ].map((permission): Rule => [`secretmanager.${permission}`, 'flow-']),
];

/** Secret Manager in one project, Google's token endpoint and a machine's metadata server. */
export async function openSandbox(deps: SandboxDeps): Promise<GoogleSandbox> {
  const world: World = { secrets: createSecrets(), rules: LEAST, isOff: false };
  const signIn = createSignIn(() => deps.clock.now().getTime());
  let url = '';
  const server = await startServer({
    name: 'Google Secret Manager',
    routes: {
      'POST /token': (request) => signIn.byAssertion(request, `${url}/token`),
      'GET /computeMetadata/v1/instance/service-accounts/default/token': signIn.byMetadata,
      'GET /console/:name': ({ params }) => browse(world, params['name'] ?? ''),
      ...api(world),
    },
    before: (request) =>
      !request.path.startsWith('/v1/') || signIn.isLiving(request.headers['authorization'])
        ? undefined
        : failed(new Refusal(401, 'UNAUTHENTICATED', 'Request had invalid credentials.')),
    ...(deps.port === undefined ? {} : { port: deps.port }),
  });
  url = server.url;
  const key = {
    type: 'service_account',
    client_email: EMAIL,
    private_key_id: 'a1b2c3',
    private_key: keyPair().privateKey,
    token_uri: `${url}/token`,
  };
  return {
    server,
    servers: [server],
    secrets: world.secrets,
    signIn,
    config: {
      project: PROJECT,
      auth: { method: 'key', service_account_key: new Secret(JSON.stringify(key)) },
      api_url: url,
      link: `${url}/console/{name}`,
    },
    perform: () => Promise.resolve(NOTHING),
    close: () => server.close(),
    ...controls(world),
  };
}

function controls(world: World) {
  const { secrets } = world;
  return {
    put(name: string, value: string, annotations: Record<string, string> = {}): void {
      if (!secrets.all.has(name)) secrets.create(name, annotations, {});
      secrets.add(name, Buffer.from(value).toString('base64'));
    },
    softDelete(name: string): void {
      const newest = secrets.get(name).versions.at(-1);
      if (newest !== undefined) newest.state = 'DISABLED';
    },
    allow(rules: readonly Rule[]): void {
      world.rules = rules;
    },
    disableApi(): void {
      world.isOff = true;
    },
  };
}

const text = z.record(z.string(), z.string());
const place = z.strictObject({ location: z.string() });
const createBody = z.strictObject({
  replication: z.union([
    z.strictObject({ automatic: z.strictObject({}) }),
    z.strictObject({ userManaged: z.strictObject({ replicas: z.array(place).min(1) }) }),
  ]),
  annotations: text,
  labels: text,
});
const patchBody = z.strictObject({ annotations: text, etag: z.string().optional() });
const addBody = z.strictObject({ payload: z.strictObject({ data: z.base64() }) });

function api(world: World): Routes {
  const { secrets } = world;
  const on = (permission: string, work: (name: string, request: SandboxRequest) => unknown) =>
    guarded(world, permission, work);
  return {
    [`POST ${AT}`]: on('secrets.create', (name, { body }) => {
      const sent = read(createBody, body);
      return secretBody(secrets.create(name, sent.annotations, sent.labels));
    }),
    [`GET ${AT}`]: on('secrets.list', (_name, { query }) => list(secrets, query)),
    [`GET ${AT}/:name`]: (request) =>
      routed(request, {
        '': on('secrets.get', (name) => secretBody(secrets.get(name))),
        ':getIamPolicy': on('secrets.getIamPolicy', (name) => ({
          bindings: secrets.get(name).bindings,
        })),
      }),
    [`PATCH ${AT}/:name`]: on('secrets.update', (name, { body, query }) => {
      if (query.get('updateMask') !== 'annotations')
        throw new Refusal(400, 'INVALID_ARGUMENT', 'updateMask');
      const sent = read(patchBody, body);
      return secretBody(secrets.annotate(name, sent.annotations, sent.etag));
    }),
    [`DELETE ${AT}/:name`]: on('secrets.delete', (name) => {
      secrets.all.delete(secrets.get(name).name);
      return {};
    }),
    [`POST ${AT}/:name`]: (request) =>
      routed(request, {
        ':addVersion': on('versions.add', (name, { body }) => {
          const number = secrets.add(name, read(addBody, body).payload.data);
          return { name: `${FULL}/${name}/versions/${number}`, state: 'ENABLED' };
        }),
      }),
    [`GET ${AT}/:name/versions/:version`]: (request) =>
      routed(request, {
        '': on('versions.get', (name, { params }) => {
          const { number, state } = secrets.version(name, params['version'] ?? '');
          return { name: `${FULL}/${name}/versions/${number}`, state };
        }),
        ':access': on('versions.access', (name, { params }) =>
          access(secrets, name, params['version'] ?? ''),
        ),
      }),
  };
}

/** Google puts the verb behind the last part of the path: `…/secrets/name:addVersion`. */
function routed(
  request: SandboxRequest,
  verbs: Readonly<Record<string, (request: SandboxRequest) => SandboxAnswer>>,
): SandboxAnswer {
  const last = request.params['version'] === undefined ? 'name' : 'version';
  const [value = '', verb = ''] = (request.params[last] ?? '').split(/(?=:)/);
  const params = { ...request.params, [last]: value };
  return verbs[verb]?.({ ...request, params }) ?? { status: 404, body: '<h1>Not Found</h1>' };
}

function guarded(
  world: World,
  permission: string,
  work: (name: string, request: SandboxRequest) => unknown,
): (request: SandboxRequest) => SandboxAnswer {
  return (request) => {
    const name = request.params['name'] ?? request.query.get('secretId') ?? '';
    try {
      if (world.isOff)
        throw new Refusal(
          403,
          'PERMISSION_DENIED',
          'Secret Manager API has not been used in this project before or it is disabled.',
          'SERVICE_DISABLED',
        );
      refuseRight(world, `secretmanager.${permission}`, name);
      return { status: 200, body: work(name, request) };
    } catch (error) {
      if (error instanceof Refusal) return failed(error);
      throw error;
    }
  };
}

function refuseRight({ rules }: World, permission: string, name: string): void {
  const isAllowed = rules.some(
    ([allowed, prefix]) => (allowed === '*' || allowed === permission) && name.startsWith(prefix),
  );
  if (isAllowed) return;
  throw new Refusal(
    403,
    'PERMISSION_DENIED',
    `Permission '${permission}' denied for resource '${FULL}/${name}' (or it may not exist).`,
    'IAM_PERMISSION_DENIED',
  );
}

function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const sent = schema.safeParse(body);
  if (sent.success) return sent.data;
  throw new Refusal(
    400,
    'INVALID_ARGUMENT',
    `Invalid JSON payload received. ${sent.error.message}`,
  );
}

function access(secrets: GoogleSecrets, name: string, version: string): unknown {
  const { number, state, data } = secrets.version(name, version);
  const full = `${FULL}/${name}/versions/${number}`;
  if (state === 'ENABLED') return { name: full, payload: { data } };
  throw new Refusal(400, 'FAILED_PRECONDITION', `Secret Version [${full}] is in ${state} state.`);
}

/** Two on a page, so that tests see more than one. */
function list({ all }: GoogleSecrets, query: URLSearchParams): unknown {
  const word = (query.get('filter') ?? '').replace('name:', '');
  const found = [...all.keys()].filter((name) => name.includes(word));
  const from = Number(query.get('pageToken') ?? 0);
  const secrets = found.slice(from, from + 2).map((name) => ({ name: `${FULL}/${name}` }));
  return { secrets, ...(from + 2 < found.length ? { nextPageToken: String(from + 2) } : {}) };
}

function secretBody({ name, annotations, labels, etag }: GoogleSecret): unknown {
  return { name: `${FULL}/${name}`, annotations, labels, etag, createTime: '2026-11-23T09:00:00Z' };
}

function failed({ status, kind, message, reason }: Refusal): SandboxAnswer {
  const details =
    reason === undefined ? [] : [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason }];
  return { status, body: { error: { code: status, message, status: kind, details } } };
}

/** What the console shows to somebody who has not pressed "View secret value". */
function browse({ secrets }: World, name: string): SandboxAnswer {
  const found = secrets.all.get(name);
  if (found === undefined) return { status: 404, body: '<h1>No such secret</h1>' };
  const words = `<h1>${name}</h1><p>Version ${found.versions.length}. Sign in to see the value.</p>`;
  return { status: 200, body: `<meta charset="utf-8">${words}` };
}
