import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';
import { NOTHING } from '../../sandbox/kit/adapter-sandbox.ts';
import type { AdapterSandbox, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import { startServer } from '../../sandbox/kit/server.ts';
import type { Handler, Routes, SandboxAnswer, SandboxRequest } from '../../sandbox/kit/server.ts';

interface SandboxVariable {
  readonly key: string;
  readonly value: string;
  readonly masked: boolean;
  readonly hidden: boolean;
  readonly protected: boolean;
  readonly raw: boolean;
  readonly variable_type: string;
  readonly environment_scope: string;
  readonly description: string | null;
}

export interface GitlabCiSandbox extends AdapterSandbox {
  /** Variables of a place such as `projects acme/web`, values and all. */
  variables(place: string): SandboxVariable[];
  /** Somebody else sets a variable there. */
  setByHand(place: string, key: string, value: string, scope?: string): void;
  setOwnScopes(...scopes: string[]): void;
  /** Before 17.4 variables cannot be hidden. */
  readonly gitlab: { version: string };
}

const TOKEN = 'glpat-sandbox-ci-owner-token';
const PLACES = [
  'projects acme/web',
  'projects acme/platform/api',
  'projects elsewhere/web',
  'groups acme',
  'groups acme/platform',
  'groups acme/basic',
];
/** Has no Premium subscription: its variables are for all environments. */
const WITHOUT_SCOPES = 'groups acme/basic';

/** GitLab on loopback, as far as CI/CD variables go. */
export async function openSandbox(deps: SandboxDeps): Promise<GitlabCiSandbox> {
  const places = new Map(PLACES.map((place) => [place, [] as SandboxVariable[]]));
  let scopes = ['api'];
  const gitlab = { version: '18.6.0-ee' };
  const guarded =
    (handle: Handler): Handler =>
    (request) => {
      if (request.headers['private-token'] !== TOKEN) {
        return { status: 401, body: { message: '401 Unauthorized' } };
      }
      return scopes.includes('api') ? handle(request) : INSUFFICIENT;
    };
  const routes: Routes = {
    ...variableRoutes('projects', places, guarded, gitlab),
    ...variableRoutes('groups', places, guarded, gitlab),
    'GET /metadata': guarded(() => ({ status: 200, body: { ...gitlab, revision: '5f2e1a0b' } })),
    'GET /personal_access_tokens/self': () => ({
      status: 200,
      body: { id: 1, name: 'ci', scopes, active: true, expires_at: '2027-10-01' },
    }),
  };
  const server = await startServer({
    name: 'GitLab CI/CD',
    basePath: '/api/v4',
    routes,
    ...(deps.port === undefined ? {} : { port: deps.port }),
  });
  return {
    servers: [server],
    config: {
      base_url: server.url.replace('/api/v4', ''),
      token: new Secret(TOKEN),
      targets: ['acme', 'acme/*'],
    },
    variables: (place) => places.get(place) ?? [],
    setByHand(place, key, value, scope = '*') {
      const variable = read({ key, value, environment_scope: scope }, undefined);
      if (typeof variable !== 'string') places.get(place)?.push(variable);
    },
    setOwnScopes(...wanted) {
      scopes = wanted;
    },
    gitlab,
    perform: () => Promise.resolve(NOTHING),
    close: () => server.close(),
  };
}

const INSUFFICIENT: SandboxAnswer = {
  status: 403,
  body: { error: 'insufficient_scope', error_description: 'api is needed', scope: 'api' },
};

type Guard = (handle: Handler) => Handler;

function variableRoutes(
  kind: 'projects' | 'groups',
  places: ReadonlyMap<string, SandboxVariable[]>,
  guarded: Guard,
  gitlab: { readonly version: string },
): Routes {
  const noPlace = notFound(kind === 'projects' ? 'Project' : 'Group');
  const at = (handle: (list: SandboxVariable[], request: SandboxRequest) => SandboxAnswer) =>
    guarded((request) => {
      const list = places.get(`${kind} ${request.params['id']}`);
      return list === undefined ? noPlace : handle(list, request);
    });
  const one = (
    handle: (list: SandboxVariable[], index: number, request: SandboxRequest) => SandboxAnswer,
  ) =>
    at((list, request) => {
      const isScoped = `${kind} ${request.params['id']}` !== WITHOUT_SCOPES;
      const scope = (isScoped ? request.query.get('filter[environment_scope]') : null) ?? '*';
      const index = list.findIndex(
        (each) => each.key === request.params['key'] && each.environment_scope === scope,
      );
      return index === -1 ? notFound('Variable') : handle(list, index, request);
    });
  return {
    [`GET /${kind}`]: guarded(({ query }) => ({ status: 200, body: search(kind, query) })),
    [`GET /${kind}/:id`]: at(() => ({ status: 200, body: { id: 42 } })),
    [`GET /${kind}/:id/variables/:key`]: one((list, index) => ({
      status: 200,
      body: view(list[index], gitlab),
    })),
    [`POST /${kind}/:id/variables`]: at((list, { body, params }) => {
      const wish = read(body, undefined);
      if (typeof wish === 'string') return invalid(wish);
      const isScoped = `${kind} ${params['id']}` !== WITHOUT_SCOPES;
      const variable = {
        ...wish,
        hidden: wish.hidden && canHide(gitlab),
        environment_scope: isScoped ? wish.environment_scope : '*',
      };
      const scope = variable.environment_scope;
      if (list.some((each) => each.key === variable.key && each.environment_scope === scope)) {
        return taken(variable.key);
      }
      list.push(variable);
      return { status: 201, body: view(variable, gitlab) };
    }),
    [`PUT /${kind}/:id/variables/:key`]: one((list, index, { body }) => {
      const variable = read(body, list[index]);
      if (typeof variable === 'string') return invalid(variable);
      list[index] = variable;
      return { status: 200, body: view(variable, gitlab) };
    }),
    [`DELETE /${kind}/:id/variables/:key`]: one((list, index) => {
      list.splice(index, 1);
      return { status: 204 };
    }),
  };
}

function taken(key: string): SandboxAnswer {
  return { status: 400, body: { message: { key: [`(${key}) has already been taken`] } } };
}

function search(kind: 'projects' | 'groups', query: URLSearchParams) {
  const words = (query.get('search') ?? '').toLowerCase();
  return PLACES.filter((place) => place.startsWith(`${kind} `))
    .map((place) => place.slice(kind.length + 1))
    .filter((path) => (path.split('/').at(-1) ?? '').includes(words))
    .map((path) => (kind === 'projects' ? { path_with_namespace: path } : { full_path: path }));
}

// What GitLab takes for a variable; unknown fields are refused here, so that typos show.
const wishSchema = z.strictObject({
  key: z
    .string()
    .regex(/^\w{1,255}$/)
    .optional(),
  value: z.string(),
  description: z.string().max(255).nullable().default(null),
  variable_type: z.enum(['env_var', 'file']).default('env_var'),
  masked: z.boolean().default(false),
  masked_and_hidden: z.boolean().default(false),
  protected: z.boolean().default(false),
  raw: z.boolean().default(false),
  environment_scope: z.string().default('*'),
});

/** The variable as GitLab would keep it, or why it would not. */
function read(body: unknown, before: SandboxVariable | undefined): SandboxVariable | string {
  const parsed = wishSchema.safeParse(body);
  if (!parsed.success) return `${parsed.error.issues[0]?.path.join('.')} is invalid`;
  const { key, masked_and_hidden, ...rest } = parsed.data;
  const name = before?.key ?? key;
  if (name === undefined) return 'key is missing';
  const hidden = before?.hidden ?? masked_and_hidden;
  const masked = rest.masked || hidden;
  if (masked && !/^\S{8,}$/.test(rest.value)) return 'value is invalid';
  return { ...rest, key: name, masked, hidden };
}

function view(variable: SandboxVariable | undefined, gitlab: { readonly version: string }) {
  if (variable === undefined) return undefined;
  const { hidden, ...shown } = variable;
  if (!canHide(gitlab)) return shown;
  return hidden ? { ...shown, hidden, value: null } : { ...shown, hidden };
}

function canHide({ version }: { readonly version: string }): boolean {
  return version.localeCompare('17.4', 'en', { numeric: true }) >= 0;
}

function invalid(why: string): SandboxAnswer {
  return { status: 400, body: { message: { value: [why] } } };
}

function notFound(what: string): SandboxAnswer {
  return { status: 404, body: { message: `404 ${what} Not Found` } };
}
