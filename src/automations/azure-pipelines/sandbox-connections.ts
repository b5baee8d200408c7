import { z } from 'zod';

import type { Routes, SandboxAnswer, SandboxRequest } from '../../sandbox/kit/server.ts';
import { noProject, refuse } from './sandbox-groups.ts';

export interface SandboxConnection {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly url: string;
  readonly description: string;
  readonly isReady: boolean;
  readonly isShared: boolean;
  readonly authorization: {
    readonly scheme: string;
    readonly parameters: Readonly<Record<string, string>>;
  };
  readonly serviceEndpointProjectReferences: readonly SandboxReference[];
}

interface SandboxReference {
  readonly projectReference: { readonly id: string; readonly name?: string | null | undefined };
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
}

export interface ConnectionState {
  readonly projects: readonly { readonly id: string; readonly name: string }[];
  readonly connections: SandboxConnection[];
  /** Those that our account may not see, or may not manage: made by somebody else. */
  readonly hidden: Set<string>;
  readonly unmanaged: Set<string>;
  lastConnection: number;
  /** Bits of our rights in each project: 2 administer, 4 create, 16 view. */
  endpoints: number;
}

const AT = '/_apis/serviceendpoint/endpoints';

/** Service connections as Azure DevOps Services keeps them. */
export function connectionRoutes(state: ConnectionState): Routes {
  const one =
    (handle: (found: SandboxConnection, request: SandboxRequest) => SandboxAnswer) =>
    (request: SandboxRequest) => {
      const found = state.connections.find(({ id }) => id === request.params['id']);
      if (found === undefined || state.hidden.has(found.id)) return NO_CONNECTION;
      const administers = (state.endpoints & 2) !== 0 || !state.unmanaged.has(found.id);
      return administers ? handle(found, request) : FORBIDDEN;
    };
  return {
    [`GET /:project${AT}`]: ({ params, query }) => list(state, params['project'] ?? '', query),
    [`POST ${AT}`]: ({ body }) => create(state, body),
    [`PUT ${AT}/:id`]: one((found, { body }) => replace(state, found, body)),
    [`DELETE ${AT}/:id`]: one((found, { query }) => remove(state, found, query)),
  };
}

function list(state: ConnectionState, project: string, query: URLSearchParams): SandboxAnswer {
  const found = state.projects.find(({ id, name }) => id === project || name === project);
  if (found === undefined) return noProject(project);
  const names = query.get('endpointNames')?.toLowerCase().split(',');
  const value = state.connections
    .filter((one) => isIn(one, found.id) && !state.hidden.has(one.id))
    .filter(({ name }) => names === undefined || names.includes(name.toLowerCase()))
    .filter(({ isReady }) => isReady || query.get('includeFailed') === 'true')
    .map((one) => view(one));
  return { status: 200, body: { count: value.length, value } };
}

function create(state: ConnectionState, body: unknown): SandboxAnswer {
  const parsed = wishSchema.safeParse(body);
  if (!parsed.success) return invalid(parsed.error);
  if ((state.endpoints & 4) === 0) return FORBIDDEN;
  const { data: wish } = parsed;
  for (const { projectReference } of wish.serviceEndpointProjectReferences) {
    const isThere = state.projects.some(({ id }) => id === projectReference.id);
    if (!isThere) return noProject(projectReference.id);
    const isTaken = state.connections.some(
      (one) => isIn(one, projectReference.id) && one.name.toLowerCase() === wish.name.toLowerCase(),
    );
    if (isTaken) return duplicate(wish.name);
  }
  state.lastConnection += 1;
  const id = `5e0ff73c-1c4b-4f7e-8a51-${String(state.lastConnection).padStart(12, '0')}`;
  const made = { id, ...wish };
  state.connections.push(made);
  return { status: 200, body: view(made) };
}

function replace(state: ConnectionState, found: SandboxConnection, body: unknown): SandboxAnswer {
  const parsed = wishSchema.extend({ id: z.literal(found.id) }).safeParse(body);
  if (!parsed.success) return invalid(parsed.error);
  if (parsed.data.type !== found.type) {
    return refuse(400, 'ArgumentException', 'The type of a service endpoint cannot be changed.');
  }
  state.connections[state.connections.indexOf(found)] = parsed.data;
  return { status: 200, body: view(parsed.data) };
}

/** Only out of the projects that are named; it is gone when none is left. */
function remove(
  state: ConnectionState,
  found: SandboxConnection,
  query: URLSearchParams,
): SandboxAnswer {
  const from = query.get('projectIds')?.split(',') ?? [];
  if (from.length === 0 || !from.every((id) => isIn(found, id))) {
    return refuse(400, 'ArgumentException', 'projectIds is wrong');
  }
  const left = found.serviceEndpointProjectReferences.filter(
    ({ projectReference }) => !from.includes(projectReference.id),
  );
  const index = state.connections.indexOf(found);
  if (left.length === 0) state.connections.splice(index, 1);
  else state.connections[index] = { ...found, serviceEndpointProjectReferences: left };
  return { status: 204 };
}

const referenceSchema = z.strictObject({
  projectReference: z.strictObject({ id: z.string().min(1), name: z.string().nullish() }),
  name: z.string().nullish(),
  description: z.string().nullish(),
});

const wishSchema = z.strictObject({
  name: z.string().min(1),
  type: z.enum(['generic', 'git']),
  url: z.url(),
  description: z.string().max(1024),
  authorization: z.strictObject({
    scheme: z.literal('UsernamePassword'),
    parameters: z.strictObject({ username: z.string(), password: z.string().min(1) }),
  }),
  data: z.record(z.string(), z.string()),
  isShared: z.boolean(),
  isReady: z.literal(true),
  owner: z.literal('library'),
  serviceEndpointProjectReferences: z.array(referenceSchema).min(1),
});

function isIn({ serviceEndpointProjectReferences }: SandboxConnection, id: string): boolean {
  return serviceEndpointProjectReferences.some(
    ({ projectReference }) => projectReference.id === id,
  );
}

/** The user name is shown, the password never. */
function view({ authorization, ...rest }: SandboxConnection) {
  const { username = '' } = authorization.parameters;
  return {
    ...rest,
    authorization: { ...authorization, parameters: { username, password: null } },
  };
}

/** Really a 500, and also for one that the caller may not see. */
function duplicate(name: string): SandboxAnswer {
  const message = `Service connection with name ${name} already exists. Only a user having Administrator/User role permissions on service connection ${name} can see it.`;
  return refuse(500, 'DuplicateServiceConnectionException', message);
}

function invalid(error: z.ZodError): SandboxAnswer {
  const where = error.issues[0]?.path.join('.') ?? '';
  return refuse(400, 'ArgumentException', `${where} is invalid`);
}

const FORBIDDEN = refuse(403, 'AccessDeniedException', 'You need the Administrator role.');
const NO_CONNECTION = refuse(404, 'EndpointNotFoundException', 'The endpoint does not exist.');
