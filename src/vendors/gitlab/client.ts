import { z } from 'zod';

import { hasCode } from '../../domain/errors.ts';
import type { ProductError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import { createHttp, path } from '../../lib/http.ts';
import type { Http, HttpAnswer } from '../../lib/http.ts';
import type { VendorDeps } from '../vendor.ts';
import { explain } from './explain.ts';
import {
  accountSchema,
  groupSchema,
  memberSchema,
  metadataSchema,
  mintedSchema,
  projectSchema,
  refusalSchema,
  selfSchema,
  tokenSchema,
} from './schema.ts';
import type { GitlabAccount, GitlabConfig, GitlabMember, GitlabToken } from './schema.ts';

export interface Place {
  readonly kind: 'group' | 'project';
  readonly id: number;
}

export type GitlabClient = ReturnType<typeof createClient>;

const PAGE = 100;
/** A bound against endless paging; 50 pages are 5000 entries. */
const LAST_PAGE = 50;

/** The calls we make with our own token. Paths differ by who owns the service accounts. */
export function createClient(config: GitlabConfig, deps: VendorDeps) {
  const http = openHttp(config, deps, config.token, (answer) =>
    explain(config, deps.connectionName, answer),
  );
  return {
    http,
    ...doctorCalls(config, http),
    ...accountCalls(config, http),
    ...memberCalls(http),
  };
}

/** A client that speaks as somebody else's token; a 401 then says something about that token. */
export function openHttp(
  config: GitlabConfig,
  deps: VendorDeps,
  token: Secret,
  explainAnswer?: (answer: HttpAnswer) => ProductError | undefined,
): Http {
  return createHttp({
    name: deps.connectionName,
    baseUrl: `${config.base_url}/api/v4`,
    clock: deps.clock,
    headers: () => ({ 'private-token': token.reveal() }),
    ...(config.timeout_ms === undefined ? {} : { timeoutMs: config.timeout_ms }),
    ...(explainAnswer === undefined ? {} : { explain: explainAnswer }),
  });
}

/** Reads every page of a list. */
async function listAll<T>(
  http: Http,
  of: { path: string; query?: Record<string, string | boolean>; schema: z.ZodType<T> },
): Promise<T[]> {
  const all: T[] = [];
  for (let page = 1; page <= LAST_PAGE; page += 1) {
    const query = { ...of.query, per_page: PAGE, page };
    const entries = await http.send({
      method: 'GET',
      path: of.path,
      query,
      schema: z.array(of.schema),
    });
    all.push(...entries);
    if (entries.length < PAGE) break;
  }
  return all;
}

/** Turns "not found" into undefined; every other failure stays one. */
async function orUndefined<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (hasCode(error, 'not-found')) return undefined;
    throw error;
  }
}

function doctorCalls(config: GitlabConfig, http: Http) {
  const group = config.group ?? '';
  return {
    ownToken: () =>
      http.send({ method: 'GET', path: '/personal_access_tokens/self', schema: tokenSchema }),
    ownUser: () => http.send({ method: 'GET', path: '/user', schema: selfSchema }),
    metadata: () => http.send({ method: 'GET', path: '/metadata', schema: metadataSchema }),
    ownGroup: () => http.send({ method: 'GET', path: path`/groups/${group}`, schema: groupSchema }),
    ownMembership: (userId: number) =>
      http.send({
        method: 'GET',
        path: path`/groups/${group}/members/all/${userId}`,
        schema: memberSchema,
      }),
  };
}

function accountCalls(config: GitlabConfig, http: Http) {
  const isGroups = config.ownership === 'group';
  const accounts = isGroups
    ? path`/groups/${config.group ?? ''}/service_accounts`
    : '/service_accounts';
  const tokensOf = (id: string): string =>
    isGroups
      ? `${accounts}${path`/${id}/personal_access_tokens`}`
      : path`/users/${id}/personal_access_tokens`;

  return {
    listAccounts: (): Promise<GitlabAccount[]> =>
      listAll(http, { path: accounts, query: { order_by: 'username' }, schema: accountSchema }),
    /** The account, or GitLab's words for why not: a 400 may mean taken, invalid or too many. */
    async createAccount(
      body: Readonly<Record<string, string>>,
    ): Promise<{ account: GitlabAccount } | { refusal: string }> {
      const answer = await http.exchange({
        method: 'POST',
        path: accounts,
        body,
        schema: z.union([accountSchema, refusalSchema]),
        ok: [201, 400],
      });
      const account = accountSchema.safeParse(answer.body);
      if (answer.status === 201 && account.success) return { account: account.data };
      return { refusal: JSON.stringify(answer.body) };
    },
    removeAccount: (id: string) =>
      http.exchange({
        method: 'DELETE',
        path: isGroups ? `${accounts}${path`/${id}`}` : path`/users/${id}`,
        schema: z.unknown(),
        ok: [204, 409],
      }),
    mint: (id: string, body: Readonly<Record<string, unknown>>) =>
      http.send({
        method: 'POST',
        path: tokensOf(id),
        body,
        schema: mintedSchema,
      }),
    listTokens: (id: string, name: string): Promise<GitlabToken[]> =>
      listAll(http, {
        path: isGroups ? tokensOf(id) : '/personal_access_tokens',
        query: { search: name, state: 'active', ...(isGroups ? {} : { user_id: id }) },
        schema: tokenSchema,
      }),
    revokeToken: (id: string, tokenId: number) =>
      http.send({
        method: 'DELETE',
        path: isGroups
          ? `${tokensOf(id)}${path`/${tokenId}`}`
          : path`/personal_access_tokens/${tokenId}`,
        schema: z.unknown(),
        ok: [204, 404],
      }),
  };
}

function memberCalls(http: Http) {
  const members = (place: Place): string => `${base(place)}/members`;
  return {
    see: (place: Place) =>
      place.kind === 'group'
        ? http.send({ method: 'GET', path: base(place), schema: groupSchema })
        : http.send({ method: 'GET', path: base(place), schema: projectSchema }),
    /** Their own membership in the place itself. */
    directMember: (place: Place, id: string): Promise<GitlabMember | undefined> =>
      orUndefined(
        http.send({
          method: 'GET',
          path: `${members(place)}${path`/${id}`}`,
          schema: memberSchema,
        }),
      ),
    /** What they have in the place, also through the groups above it. */
    effectiveMember: (place: Place, id: string): Promise<GitlabMember | undefined> =>
      orUndefined(
        http.send({
          method: 'GET',
          path: `${members(place)}/all${path`/${id}`}`,
          schema: memberSchema,
        }),
      ),
    addMember: (place: Place, id: string, level: number) =>
      http.exchange({
        method: 'POST',
        path: members(place),
        body: { user_id: Number(id), access_level: level },
        schema: z.unknown(),
        ok: [201, 400, 409],
      }),
    changeMember: (place: Place, id: string, level: number) =>
      http.exchange({
        method: 'PUT',
        path: `${members(place)}${path`/${id}`}`,
        body: { access_level: level },
        schema: z.unknown(),
        ok: [200, 400],
      }),
    removeMember: (place: Place, id: string) =>
      http.send({
        method: 'DELETE',
        path: `${members(place)}${path`/${id}`}`,
        schema: z.unknown(),
        ok: [204, 404],
      }),
  };
}

function base(place: Place): string {
  return place.kind === 'group' ? path`/groups/${place.id}` : path`/projects/${place.id}`;
}
