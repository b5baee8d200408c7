import { z } from 'zod';

import { ProductError, hasCode } from '../../domain/errors.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import { createHttp, path } from '../../lib/http.ts';
import type { Http, HttpAnswer } from '../../lib/http.ts';
import type { VendorDeps } from '../vendor.ts';
import type { Level } from './access-profile.ts';
import { placePath } from './place.ts';
import type { Place } from './place.ts';
import {
  accessSchema,
  membershipSchema,
  pageSchema,
  permissionSchema,
  projectSchema,
  repositorySchema,
  scopeRefusalSchema,
  userSchema,
  workspaceSchema,
} from './schema.ts';
import type { BitbucketConfig, BitbucketRepository, BitbucketUser } from './schema.ts';

export type BitbucketClient = ReturnType<typeof createClient>;

export interface BitbucketLogin {
  readonly email: string;
  readonly token: Secret;
  /** Whether refusals are about the configuration or about a service account. */
  readonly ours: boolean;
}

const PAGE = 100;
/** 10,000 things: beyond it, what an account reaches is not proven. */
const LAST_PAGE = 100;
const NOTHING = z.unknown();

/** The calls we make, as the administrator of the configuration or as the account itself. */
export function createClient(config: BitbucketConfig, deps: VendorDeps, login: BitbucketLogin) {
  const http = createHttp({
    name: deps.connectionName,
    baseUrl: config.base_url,
    clock: deps.clock,
    headers: () => ({ authorization: `Basic ${basic(login)}` }),
    explain: (answer) => explain(deps.connectionName, login, answer),
    ...(config.timeout_ms === undefined ? {} : { timeoutMs: config.timeout_ms }),
  });
  return {
    ...peopleCalls(http, config),
    ...placeCalls(http, config, deps.connectionName),
    ...permissionCalls(http, config),
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

function peopleCalls(http: Http, { workspace }: BitbucketConfig) {
  const members = path`/workspaces/${workspace}/members`;
  return {
    /** Whose token it is and the scopes it has; null where Bitbucket does not tell. */
    async self(): Promise<{ user: BitbucketUser; scopes: readonly string[] | null }> {
      const { value, headers } = await http.exchange({
        method: 'GET',
        path: '/user',
        schema: userSchema,
      });
      return { user: value, scopes: scopesIn(headers) };
    },
    /** The member with exactly this address; only workspace administrators may ask so. */
    async findMember(email: string): Promise<BitbucketUser | undefined> {
      const { values } = await http.send({
        method: 'GET',
        path: members,
        query: { q: `user.email IN (${quoted(email)})`, fields: '+values.user.email' },
        schema: pageSchema(membershipSchema),
      });
      return values
        .map(({ user }) => user)
        .find((user) => user.email?.toLowerCase() === email.toLowerCase());
    },
    getMember: (id: string) =>
      orUndefined(
        http.send({ method: 'GET', path: members + path`/${id}`, schema: membershipSchema }),
      ),
    workspace: () =>
      http.send({ method: 'GET', path: path`/workspaces/${workspace}`, schema: workspaceSchema }),
    /** Whether the asker administers our workspace; undefined when it is not in it. */
    async administers(): Promise<boolean | undefined> {
      const { values } = await listed(http, '/user/workspaces', {}, accessSchema, LAST_PAGE);
      return values.find((found) => found.workspace.slug === workspace)?.administrator;
    },
  };
}

/** The asker's own role, each including those before it. */
type Role = 'member' | 'contributor' | 'admin';

function placeCalls(http: Http, { workspace }: BitbucketConfig, name: string) {
  const repositories = path`/repositories/${workspace}`;
  return {
    /** One page of repositories whose name has the text. */
    async searchRepositories(text: string): Promise<BitbucketRepository[]> {
      const query = text === '' ? {} : { q: `name ~ ${quoted(text)}` };
      return (await listed(http, repositories, query, repositorySchema, 1)).values;
    },
    findRepository: (slug: string) =>
      orUndefined(
        http.send({ method: 'GET', path: repositories + path`/${slug}`, schema: repositorySchema }),
      ),
    /** Every repository in which the asker has at least this role. */
    async repositoriesAs(role: Role): Promise<BitbucketRepository[]> {
      const found = await listed(http, repositories, { role }, repositorySchema, LAST_PAGE);
      if (found.complete) return found.values;
      throw new ProductError('limit-reached', {
        subject: name,
        message: `The account sees more repositories at ${name} than the app can check.`,
      });
    },
    async projects(mostPages: number) {
      const at = path`/workspaces/${workspace}/projects`;
      return (await listed(http, at, {}, projectSchema, mostPages)).values;
    },
  };
}

function permissionCalls(http: Http, { workspace }: BitbucketConfig) {
  const at = (place: Place, id: string): string =>
    placePath(workspace, place) + path`/permissions-config/users/${id}`;
  return {
    /** What the user was given in the place itself, not through a group; undefined for nothing. */
    async permission(place: Place, id: string): Promise<string | undefined> {
      const request = { method: 'GET', path: at(place, id), schema: permissionSchema } as const;
      const permission = (await orUndefined(http.send(request)))?.permission;
      return permission === 'none' ? undefined : permission;
    },
    setPermission: (place: Place, id: string, permission: Level) =>
      http.send({
        method: 'PUT',
        path: at(place, id),
        body: { permission },
        schema: permissionSchema,
      }),
    clearPermission: (place: Place, id: string) =>
      http.send({ method: 'DELETE', path: at(place, id), schema: NOTHING }),
  };
}

/** Reads page after page; the link to the next one is only believed for its parameters. */
async function listed<T extends z.ZodType>(
  http: Http,
  at: string,
  first: Readonly<Record<string, string>>,
  schema: T,
  mostPages: number,
): Promise<{ values: z.infer<T>[]; complete: boolean }> {
  const values: z.infer<T>[] = [];
  let query: Readonly<Record<string, string | number>> = { ...first, pagelen: PAGE };
  for (let page = 1; page <= mostPages; page += 1) {
    const found = await http.send({ method: 'GET', path: at, query, schema: pageSchema(schema) });
    values.push(...found.values);
    if (found.next === undefined) return { values, complete: true };
    query = Object.fromEntries(new URL(found.next).searchParams);
  }
  return { values, complete: false };
}

function basic({ email, token }: BitbucketLogin): string {
  return Buffer.from(`${email}:${token.reveal()}`, 'utf8').toString('base64');
}

/** A string in Bitbucket's query language. */
function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** https://support.atlassian.com/bitbucket-cloud/kb/how-to-fetch-the-scope-of-a-token-via-command-line/ */
function scopesIn(headers: Headers): string[] | null {
  const text = headers.get('x-oauth-scopes');
  if (text === null) return null;
  return text
    .split(',')
    .map((scope) => scope.trim())
    .filter((scope) => scope !== '');
}

function explain(
  name: string,
  login: BitbucketLogin,
  answer: HttpAnswer,
): ProductError | undefined {
  if (answer.status === 402) {
    return fail(
      'limit-reached',
      name,
      `${name} has no free seat for another user. Raise the plan’s user limit or remove somebody, then try again.`,
    );
  }
  if (!login.ours) return undefined;
  if (answer.status === 401) {
    return fail(
      'unauthenticated',
      name,
      `${name} does not accept our own address and API token. Make a new API token for it and put it into the configuration.`,
    );
  }
  if (answer.status !== 403) return undefined;
  const missing = missingScopes(answer.body);
  return fail(
    'missing-permission',
    name,
    missing === undefined
      ? `${name} does not let our own account do this. It must be an administrator of the workspace.`
      : `${name} does not let our own API token do this: it lacks ${missing.join(', ')}. Make a new one with all the scopes that the documentation names.`,
  );
}

function missingScopes(body: unknown): readonly string[] | undefined {
  const parsed = scopeRefusalSchema.safeParse(body);
  if (!parsed.success) return undefined;
  const { required, granted } = parsed.data.error.detail;
  return required.filter((scope) => !granted.includes(scope));
}

function fail(code: ErrorCode, subject: string, message: string): ProductError {
  return new ProductError(code, { subject, message });
}
