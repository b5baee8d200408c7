import { randomUUID } from 'node:crypto';

import { z } from 'zod';

import type { Routes, SandboxAnswer, SandboxRequest } from '../../sandbox/kit/server.ts';
import { paged, refuse } from './sandbox-guard.ts';
import type { Guard } from './sandbox-guard.ts';

export interface SandboxVariable {
  readonly uuid: string;
  readonly key: string;
  readonly value: string;
  readonly secured: boolean;
}

export interface SandboxPlace {
  readonly variables: SandboxVariable[];
  /** Whether our account is an administrator there. */
  readonly administered: boolean;
}

type Handle = (place: SandboxPlace, request: SandboxRequest) => SandboxAnswer;

interface Kind {
  /** Path of the list, with `:name` for what varies. */
  readonly base: string;
  readonly type: 'pipeline_variable' | 'deployment_variable';
  /** The environment's variables cannot be asked for one by one. */
  readonly single: boolean;
}

const KINDS: readonly Kind[] = [
  {
    base: '/workspaces/:workspace/pipelines-config/variables',
    type: 'pipeline_variable',
    single: true,
  },
  {
    base: '/repositories/:workspace/:repo/pipelines_config/variables',
    type: 'pipeline_variable',
    single: true,
  },
  {
    base: '/repositories/:workspace/:repo/deployments_config/environments/:environment/variables',
    type: 'deployment_variable',
    single: false,
  },
];

/** Variables of every kind of place; `places` are known by the path of their list. */
export function variableRoutes(places: ReadonlyMap<string, SandboxPlace>, guard: Guard): Routes {
  return Object.assign({}, ...KINDS.map((kind) => routesOf(kind, places, guard))) as Routes;
}

function routesOf(kind: Kind, places: ReadonlyMap<string, SandboxPlace>, guard: Guard): Routes {
  const { base, type } = kind;
  const at = (scope: string, handle: Handle) =>
    guard([scope], (request) => {
      const place = places.get(fill(base, request));
      if (place === undefined) return refuse(404, 'There is no such place.');
      return place.administered ? handle(place, request) : refuse(403, 'You must be an admin.');
    });
  const one = (
    handle: (place: SandboxPlace, index: number, request: SandboxRequest) => SandboxAnswer,
  ) =>
    at('admin:pipeline', (place, request) => {
      const index = place.variables.findIndex(({ uuid }) => uuid === request.params['uuid']);
      return index === -1
        ? refuse(404, 'There is no such variable.')
        : handle(place, index, request);
    });
  return {
    [`GET ${base}`]: at('read:pipeline', (place, request) =>
      paged(
        request,
        place.variables.map((each) => view(type, each)),
      ),
    ),
    [`POST ${base}`]: at('admin:pipeline', (place, { body }) => {
      const wish = read(type, body);
      if (wish === undefined) return refuse(400, 'Bad request');
      if (place.variables.some(({ key }) => key === wish.key)) {
        return refuse(409, `A variable with the key "${wish.key}" already exists.`);
      }
      const variable = { uuid: `{${randomUUID()}}`, ...wish };
      place.variables.push(variable);
      return { status: 201, body: view(type, variable) };
    }),
    [`PUT ${base}/:uuid`]: one((place, index, { body }) => {
      const wish = read(type, body);
      const before = place.variables[index];
      if (wish === undefined || before === undefined) return refuse(400, 'Bad request');
      place.variables[index] = { ...wish, uuid: before.uuid };
      return { status: 200, body: view(type, { ...wish, uuid: before.uuid }) };
    }),
    [`DELETE ${base}/:uuid`]: one((place, index) => {
      place.variables.splice(index, 1);
      return { status: 204 };
    }),
  };
}

function fill(base: string, { params }: SandboxRequest): string {
  return base.replaceAll(/:(\w+)/g, (_all, name: string) => params[name] ?? '');
}

const wishSchema = z.strictObject({
  type: z.string(),
  uuid: z.string().optional(),
  key: z.string().regex(/^[a-z_]\w*$/i),
  value: z.string().min(1),
  secured: z.boolean().default(false),
});

function read(type: string, body: unknown): Omit<SandboxVariable, 'uuid'> | undefined {
  const parsed = wishSchema.safeParse(body);
  if (!parsed.success || parsed.data.type !== type) return undefined;
  const { key, value, secured } = parsed.data;
  return { key, value, secured };
}

/** A secured value goes in and never comes out again. */
function view(type: string, { value, ...variable }: SandboxVariable) {
  return { type, ...variable, ...(variable.secured ? {} : { value }) };
}
