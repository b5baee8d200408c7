import { z } from 'zod';

import type { Routes, SandboxAnswer, SandboxRequest } from '../../sandbox/kit/server.ts';

export interface SandboxGroup {
  readonly id: number;
  readonly projectId: string;
  readonly type: string;
  readonly name: string;
  readonly description: string;
  readonly variables: Readonly<Record<string, SandboxGroupVariable>>;
}

interface SandboxGroupVariable {
  readonly value: string;
  readonly isSecret: boolean;
}

export interface GroupState {
  readonly projects: readonly { readonly id: string; readonly name: string }[];
  readonly groups: SandboxGroup[];
  /** Groups that our account may only read: made by somebody else. */
  readonly readOnly: Set<number>;
  lastId: number;
  /** Bits of our rights in each library: 1 view, 2 administer, 4 create. */
  library: number;
}

const AT = '/_apis/distributedtask/variablegroups';

/** Variable groups as Azure DevOps Services keeps them. */
export function groupRoutes(state: GroupState): Routes {
  const one =
    (handle: (group: SandboxGroup, request: SandboxRequest) => SandboxAnswer) =>
    (request: SandboxRequest) => {
      const group = state.groups.find(({ id }) => String(id) === request.params['id']);
      if (group === undefined) return NO_GROUP;
      const administers = (state.library & 2) !== 0 || !state.readOnly.has(group.id);
      return administers ? handle(group, request) : FORBIDDEN;
    };
  return {
    [`GET /:project${AT}`]: ({ params, query }) => list(state, params['project'] ?? '', query),
    [`POST ${AT}`]: ({ body }) => create(state, body),
    [`PUT ${AT}/:id`]: one((group, { body }) => {
      const wish = read(body, group);
      if (typeof wish === 'string') return invalid(wish);
      state.groups[state.groups.indexOf(group)] = { ...group, ...wish, projectId: group.projectId };
      return { status: 200, body: view({ ...group, ...wish }) };
    }),
    [`DELETE ${AT}/:id`]: one((group, { query }) => {
      if (query.get('projectIds') !== group.projectId) return invalid('projectIds is wrong');
      state.groups.splice(state.groups.indexOf(group), 1);
      return { status: 204 };
    }),
  };
}

function list(state: GroupState, project: string, query: URLSearchParams): SandboxAnswer {
  const found = state.projects.find(({ id, name }) => id === project || name === project);
  if (found === undefined) return noProject(project);
  const pattern = (query.get('groupName') ?? '*')
    .split('*')
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('.*');
  const value = state.groups
    .filter(({ projectId }) => projectId === found.id)
    .filter(({ name }) => new RegExp(`^${pattern}$`, 'i').test(name))
    .map((group) => view(group));
  return { status: 200, body: { count: value.length, value } };
}

function create(state: GroupState, body: unknown): SandboxAnswer {
  const wish = read(body, undefined);
  if (typeof wish === 'string') return invalid(wish);
  if (!state.projects.some(({ id }) => id === wish.projectId)) return noProject(wish.projectId);
  if ((state.library & 4) === 0) return FORBIDDEN;
  const isTaken = state.groups.some(
    (group) =>
      group.projectId === wish.projectId && group.name.toLowerCase() === wish.name.toLowerCase(),
  );
  if (isTaken) {
    return refuse(409, 'VariableGroupExistsException', `Variable group ${wish.name} exists.`);
  }
  state.lastId += 1;
  const group = { id: state.lastId, ...wish };
  state.groups.push(group);
  return { status: 200, body: view(group) };
}

const variableSchema = z.strictObject({
  value: z.string().nullish(),
  isSecret: z.boolean().optional(),
  isReadOnly: z.boolean().optional(),
});

const wishSchema = z.strictObject({
  type: z.literal('Vsts'),
  name: z.string().min(1),
  description: z.string().max(1024),
  variables: z.record(z.string().min(1), variableSchema),
  variableGroupProjectReferences: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        description: z.string(),
        projectReference: z.strictObject({ id: z.string().min(1), name: z.string() }),
      }),
    )
    .length(1),
});

type Wish = Omit<SandboxGroup, 'id'>;

function read(body: unknown, before: SandboxGroup | undefined): Wish | string {
  const parsed = wishSchema.safeParse(body);
  if (!parsed.success) return `${parsed.error.issues[0]?.path.join('.')} is invalid`;
  const { variableGroupProjectReferences: references, variables, ...rest } = parsed.data;
  if (Object.keys(variables).length === 0) {
    return 'Variable group must have at least one variable defined.';
  }
  const kept = Object.entries(variables).map(([key, { value, isSecret = false }]) => {
    const old = before?.variables[key];
    // A secret without a value, or with an empty one, keeps what it has.
    const stays = isSecret && (value ?? '') === '' && old?.isSecret === true;
    return [key, { isSecret, value: stays ? old.value : (value ?? '') }] as const;
  });
  const projectId = references[0]?.projectReference.id ?? '';
  return { ...rest, projectId, variables: Object.fromEntries(kept) };
}

function view({ projectId: _kept, variables, ...group }: SandboxGroup) {
  const shown = Object.entries(variables).map(([key, { value, isSecret }]) => [
    key,
    isSecret ? { value: null, isSecret } : { value },
  ]);
  return { ...group, isShared: false, variables: Object.fromEntries(shown) as unknown };
}

export function refuse(status: number, typeKey: string, message: string): SandboxAnswer {
  return { status, body: { $id: '1', message, typeKey, errorCode: 0, eventId: 3000 } };
}

const FORBIDDEN = refuse(403, 'AccessDeniedException', 'You need the Administrator role.');
const NO_GROUP = refuse(404, 'VariableGroupNotFoundException', 'The group does not exist.');

function invalid(why: string): SandboxAnswer {
  return refuse(400, 'ArgumentException', why);
}

export function noProject(name: string): SandboxAnswer {
  const message = `TF200016: The following project does not exist: ${name}.`;
  return refuse(404, 'ProjectDoesNotExistWithNameException', message);
}
