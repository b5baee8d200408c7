import { z } from 'zod';

import { ProductError, hasCode } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import { signInPage } from '../../lib/data-center-gate.ts';
import { createHttp, path } from '../../lib/http.ts';
import type { Http } from '../../lib/http.ts';
import type { VendorDeps } from '../vendor.ts';
import { explain, signedInAs } from './explain.ts';
import type { Asker } from './explain.ts';
import { placePath } from './place.ts';
import type { Place } from './place.ts';
import {
  mintedSchema,
  namedSchema,
  pageOf,
  projectSchema,
  propertiesSchema,
  repositorySchema,
  tokenSchema,
  userSchema,
} from './schema.ts';
import type {
  BitbucketConfig,
  BitbucketProject,
  BitbucketRepository,
  BitbucketToken,
  BitbucketUser,
} from './schema.ts';

/** A token, or a name with a password; Bitbucket takes a user's token as password as well. */
export type BitbucketLogin =
  | { readonly token: Secret }
  | { readonly username: string; readonly password: Secret };

export type BitbucketClient = ReturnType<typeof createClient>;

const API = '/rest/api/latest';
const PAGE = 100;
/** A bound against endless paging; 50 pages are 5000 entries. */
const LAST_PAGE = 50;

/** The calls we make, as our own administrator or as the service account itself. */
export function createClient(
  config: BitbucketConfig,
  deps: VendorDeps,
  login: BitbucketLogin,
  asker: Asker,
) {
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
    ...permissionCalls(http),
    ...placeCalls(http),
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

export function refused(subject: string, message: string, cause?: unknown): ProductError {
  return new ProductError('refused', { subject, message, cause });
}

function authorization(login: BitbucketLogin): string {
  if ('token' in login) return `Bearer ${login.token.reveal()}`;
  const pair = `${login.username}:${login.password.reveal()}`;
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
}

type Query = Readonly<Record<string, string>>;

/** Reads every page of a list, or the first pages until `enough`. */
async function listAll<T>(
  http: Http,
  of: { path: string; query?: Query; schema: z.ZodType<T>; pages?: number },
): Promise<T[]> {
  const all: T[] = [];
  let start = 0;
  for (let page = 0; page < (of.pages ?? LAST_PAGE); page += 1) {
    const query = { ...of.query, limit: PAGE, start };
    const schema = pageOf(of.schema);
    const found = await http.send({ method: 'GET', path: of.path, query, schema });
    all.push(...found.values);
    if (found.isLastPage || found.nextPageStart == null) break;
    start = found.nextPageStart;
  }
  return all;
}

function selfCalls(http: Http) {
  const request = {
    method: 'GET',
    path: `${API}/application-properties`,
    schema: propertiesSchema,
  } as const;
  return {
    version: async (): Promise<string> => (await http.send(request)).version,
    /** The asker's name: Bitbucket tells it in a header only. Undefined for nobody. */
    whoami: async () => signedInAs((await http.exchange(request)).headers),
  };
}

export interface NewUser {
  readonly name: string;
  readonly emailAddress: string;
  readonly displayName: string;
  /** Travels in the URL, as Bitbucket wants it: never one that is used. */
  readonly password: string;
}

function userCalls(http: Http) {
  const at = `${API}/admin/users`;
  return {
    async findUser(name: string): Promise<BitbucketUser | undefined> {
      const found = await listAll(http, { path: at, query: { filter: name }, schema: userSchema });
      return found.find((user) => user.name.toLowerCase() === name.toLowerCase());
    },
    searchUsers: (filter: string): Promise<BitbucketUser[]> =>
      listAll(http, { path: at, query: { filter }, schema: userSchema }),
    /** False when somebody has the name already. */
    async createUser(user: NewUser): Promise<boolean> {
      const answer = await http.exchange({
        method: 'POST',
        path: at,
        // Not into the default group: it may give more than was approved.
        query: { ...user, addToDefaultGroup: false, notify: false },
        schema: z.unknown(),
        ok: [200, 201, 204, 409],
      });
      return answer.status !== 409;
    },
    setPassword: (name: string, password: Secret) =>
      http.send({
        method: 'PUT',
        path: `${at}/credentials`,
        body: { name, password: password.reveal(), passwordConfirm: password.reveal() },
        schema: z.unknown(),
      }),
    clearCaptcha: (name: string) =>
      http.send({ method: 'DELETE', path: `${at}/captcha`, query: { name }, schema: z.unknown() }),
    removeUser: (name: string) =>
      http.send({ method: 'DELETE', path: at, query: { name }, schema: z.unknown() }),
  };
}

function permissionCalls(http: Http) {
  const global = `${API}/admin/permissions/users`;
  const users = (place: Place): string => `${API}${placePath(place)}/permissions/users`;
  const set = (at: string, name: string, permission: string) =>
    http.send({ method: 'PUT', path: at, query: { name, permission }, schema: z.unknown() });
  const clear = (at: string, name: string) =>
    http.send({ method: 'DELETE', path: at, query: { name }, schema: z.unknown() });
  /** Does the user have it, by themselves or through a group, a project or a higher right? */
  async function has(name: string, permission: Query): Promise<boolean> {
    const query = { filter: name, ...permission };
    const found = await listAll(http, { path: `${API}/users`, query, schema: namedSchema });
    return found.some((user) => user.name.toLowerCase() === name.toLowerCase());
  }
  return {
    /** Raises or lowers. */
    setGlobal: (name: string, permission: string) => set(global, name, permission),
    clearGlobal: (name: string) => clear(global, name),
    setPermission: (place: Place, name: string, permission: string) =>
      set(users(place), name, permission),
    clearPermission: (place: Place, name: string) => clear(users(place), name),
    hasGlobal: (name: string, permission: string) => has(name, { permission }),
    hasPermission: (place: Place, name: string, permission: string) =>
      has(name, {
        'permission.1': permission,
        'permission.1.projectKey': place.project,
        ...(place.slug === null ? {} : { 'permission.1.repositorySlug': place.slug }),
      }),
  };
}

function placeCalls(http: Http) {
  return {
    searchProjects: (name: string): Promise<BitbucketProject[]> =>
      listAll(http, {
        path: `${API}/projects`,
        query: name === '' ? {} : { name },
        schema: projectSchema,
        pages: 1,
      }),
    searchRepositories: (name: string): Promise<BitbucketRepository[]> =>
      listAll(http, {
        path: `${API}/repos`,
        query: name === '' ? {} : { name },
        schema: repositorySchema,
        pages: 1,
      }),
    findRepository: (place: Place): Promise<BitbucketRepository | undefined> =>
      orUndefined(
        http.send({ method: 'GET', path: API + placePath(place), schema: repositorySchema }),
      ),
    /** Those on which the asker has this permission, and not only because they are public. */
    repositoriesWith: (permission: string): Promise<BitbucketRepository[]> =>
      listAll(http, { path: `${API}/repos`, query: { permission }, schema: repositorySchema }),
  };
}

function tokenCalls(http: Http) {
  const of = (slug: string): string => path`/rest/access-tokens/latest/users/${slug}`;
  return {
    tokensOf: (slug: string): Promise<BitbucketToken[]> =>
      listAll(http, { path: of(slug), schema: tokenSchema }),
    /** Only for oneself, and only with a password. */
    createToken: (
      slug: string,
      body: { readonly name: string; readonly permissions: string[]; readonly expiryDays: number },
    ) => http.send({ method: 'PUT', path: of(slug), body, schema: mintedSchema }),
    deleteToken: (slug: string, id: string) =>
      orUndefined(
        http.send({ method: 'DELETE', path: of(slug) + path`/${id}`, schema: z.unknown() }),
      ),
  };
}
