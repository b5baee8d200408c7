import { z } from 'zod';

import { ProductError, hasCode } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import { signInPage } from '../../lib/data-center-gate.ts';
import { createHttp, path } from '../../lib/http.ts';
import type { Http } from '../../lib/http.ts';
import type { VendorDeps } from '../vendor.ts';
import { explain, wordsOf } from './explain.ts';
import type { Asker } from './explain.ts';
import {
  foundGroupsSchema,
  membershipsSchema,
  mintedSchema,
  permissionsSchema,
  projectRolesSchema,
  projectSchema,
  roleSchema,
  rolesSchema,
  serverSchema,
  tokenSchema,
  userSchema,
} from './schema.ts';
import type { JiraConfig, JiraUser } from './schema.ts';

/** A token, or a name with its password. */
export type JiraLogin =
  | { readonly token: Secret }
  | { readonly username: string; readonly password: Secret };

export type JiraClient = ReturnType<typeof createClient>;

const API = '/rest/api/2';
const USER_ACTOR = 'atlassian-user-role-actor';

/** The calls we make, as our own administrator or as the service account itself. */
export function createClient(config: JiraConfig, deps: VendorDeps, login: JiraLogin, asker: Asker) {
  const http = createHttp({
    name: deps.connectionName,
    baseUrl: config.base_url,
    clock: deps.clock,
    headers: () => ({ authorization: authorization(login) }),
    explain: (answer) => explain(deps.connectionName, asker, answer),
    explainPage: () => signInPage(deps.connectionName),
    ...(config.timeout_ms === undefined ? {} : { timeoutMs: config.timeout_ms }),
  });
  return {
    ...selfCalls(http),
    ...userCalls(http),
    ...groupCalls(http),
    ...projectCalls(http),
    ...tokenCalls(http),
  };
}

/** Turns "not found" into undefined; every other failure stays one. */
export async function orUndefined<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (hasCode(error, 'not-found')) return undefined;
    throw error;
  }
}

function authorization(login: JiraLogin): string {
  if ('token' in login) return `Bearer ${login.token.reveal()}`;
  const pair = `${login.username}:${login.password.reveal()}`;
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
}

function selfCalls(http: Http) {
  return {
    myself: () => http.send({ method: 'GET', path: `${API}/myself`, schema: userSchema }),
    server: () => http.send({ method: 'GET', path: `${API}/serverInfo`, schema: serverSchema }),
    /** Which of these the asker has: in one project, or anywhere. */
    async permissions(names: readonly string[], projectId?: string): Promise<ReadonlySet<string>> {
      const query = projectId === undefined ? {} : { projectId };
      const request = { method: 'GET', path: `${API}/mypermissions`, query } as const;
      const { permissions } = await http.send({ ...request, schema: permissionsSchema });
      return new Set(names.filter((name) => permissions[name]?.havePermission === true));
    },
  };
}

export interface NewUser {
  readonly name: string;
  readonly password: Secret;
  readonly emailAddress: string;
  readonly displayName: string;
}

function userCalls(http: Http) {
  const at = `${API}/user`;
  const call = (method: 'PUT' | 'DELETE', username: string, body?: unknown) =>
    http.send({
      method,
      path: at,
      query: { username },
      schema: z.unknown(),
      ...(body === undefined ? {} : { body }),
    });
  return {
    findUser: (username: string): Promise<JiraUser | undefined> =>
      orUndefined(http.send({ method: 'GET', path: at, query: { username }, schema: userSchema })),
    /** Jira's words for why not: its 400 means taken, invalid or no licence. Undefined when made. */
    async createUser({ password, ...user }: NewUser): Promise<string | undefined> {
      const body = {
        ...user,
        password: password.reveal(),
        notification: false,
        // No application: the groups of the connection decide what the account may use.
        applicationKeys: [],
      };
      const request = { method: 'POST', path: at, body, schema: z.unknown() } as const;
      const answer = await http.exchange({ ...request, ok: [201, 400] });
      return answer.status === 201 ? undefined : wordsOf(answer.body);
    },
    setPassword: (username: string, password: Secret) =>
      http.send({
        method: 'PUT',
        path: `${at}/password`,
        query: { username },
        body: { password: password.reveal() },
        schema: z.unknown(),
      }),
    setActive: (username: string, active: boolean) => call('PUT', username, { active }),
    removeUser: (username: string) => call('DELETE', username),
  };
}

function groupCalls(http: Http) {
  const at = `${API}/group/user`;
  return {
    async groupsOf(username: string): Promise<string[]> {
      const query = { username, expand: 'groups' };
      const request = { method: 'GET', path: `${API}/user`, query } as const;
      const { groups } = await http.send({ ...request, schema: membershipsSchema });
      return groups.items.map(({ name }) => name);
    },
    async isGroup(name: string): Promise<boolean> {
      const query = { query: name, maxResults: 100 };
      const request = { method: 'GET', path: `${API}/groups/picker`, query } as const;
      const { groups } = await http.send({ ...request, schema: foundGroupsSchema });
      return groups.some((group) => group.name === name);
    },
    addToGroup: (groupname: string, name: string) =>
      http.send({
        method: 'POST',
        path: at,
        query: { groupname },
        body: { name },
        schema: z.unknown(),
      }),
    removeFromGroup: (groupname: string, username: string) =>
      http.send({
        method: 'DELETE',
        path: at,
        query: { groupname, username },
        schema: z.unknown(),
      }),
  };
}

function projectCalls(http: Http) {
  const role = (projectId: string, id: number): string => path`/project/${projectId}/role/${id}`;
  return {
    /** All that the asker sees; Jira Data Center does not page or filter them. */
    projects: () =>
      http.send({ method: 'GET', path: `${API}/project`, schema: z.array(projectSchema) }),
    roleNames: async () =>
      (await http.send({ method: 'GET', path: `${API}/role`, schema: rolesSchema })).map(
        ({ name }) => name,
      ),
    /** The ids of a project's roles by name. */
    async rolesOf(projectId: string): Promise<ReadonlyMap<string, number>> {
      const at = `${API}${path`/project/${projectId}/role`}`;
      const found = await http.send({ method: 'GET', path: at, schema: projectRolesSchema });
      const entries = Object.entries(found);
      return new Map(entries.map(([name, url]) => [name, Number(url.split('/').at(-1))]));
    },
    async hasRole(projectId: string, id: number, username: string): Promise<boolean> {
      const at = API + role(projectId, id);
      const { actors } = await http.send({ method: 'GET', path: at, schema: roleSchema });
      return actors.some(({ name, type }) => type === USER_ACTOR && name === username);
    },
    addToRole: (projectId: string, id: number, username: string) =>
      http.send({
        method: 'POST',
        path: API + role(projectId, id),
        body: { user: [username] },
        schema: z.unknown(),
      }),
    removeFromRole: (projectId: string, id: number, username: string) =>
      http.send({
        method: 'DELETE',
        path: API + role(projectId, id),
        query: { user: username },
        schema: z.unknown(),
      }),
  };
}

/** Always about the asker's own tokens: Jira has no such calls for an administrator. */
function tokenCalls(http: Http) {
  const at = '/rest/pat/latest/tokens';
  return {
    ownTokens: () => http.send({ method: 'GET', path: at, schema: z.array(tokenSchema) }),
    createToken: (name: string, expirationDuration: number) =>
      http.send({
        method: 'POST',
        path: at,
        body: { name, expirationDuration },
        schema: mintedSchema,
      }),
    deleteToken: (id: string) =>
      http.send({
        method: 'DELETE',
        path: at + path`/${id}`,
        schema: z.unknown(),
        ok: [200, 204, 404],
      }),
  };
}

export function refused(subject: string, message: string, cause?: unknown): ProductError {
  return new ProductError('refused', { subject, message, cause });
}
