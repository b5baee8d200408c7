import { z } from 'zod';

import { ProductError, hasCode } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import { path } from '../../lib/http.ts';
import type { Http } from '../../lib/http.ts';
import type { VendorDeps } from '../vendor.ts';
import { accountCalls } from './account-client.ts';
import { connect } from './connection.ts';
import type { Connection } from './connection.ts';
import { ownLogin, tokenLogin } from './own-login.ts';
import {
  addedSchema,
  descriptorSchema,
  entitlementPageSchema,
  entitlementSchema,
  groupsSchema,
  membershipsSchema,
  tokenPageSchema,
} from './schema.ts';
import type { Added, AzureConfig, AzureGroup, AzureToken, Entitlement } from './schema.ts';

export type AzureClient = ReturnType<typeof createClient>;

/** The scopes of our own token, as the form for new tokens calls them. */
export const RIGHTS = {
  users: 'Member Entitlement Management: Read & write',
  groups: 'Graph: Read & manage',
  tokens: 'Token Administration: Read & manage',
  projects: 'Project and Team: Read',
} as const;

const ENTITLEMENTS = '7.2-preview.5';
const GRAPH = '7.2-preview.1';
const TOKENS = '7.2-preview.1';
/** A bound for every list that comes in pages. */
const LAST_PAGE = 100;

/** The calls of administration, with our own token. */
export function createClient(config: AzureConfig, deps: VendorDeps) {
  const connection = connect(config, deps, ownLogin(config, deps));
  const account = accountCalls(connection);
  const asUs = explainRight(config, deps.connectionName, account.self);
  return {
    self: account.self,
    projects: () => asUs(RIGHTS.projects, account.projects()),
    ...userCalls(config, connection.entitlements, asUs),
    ...groupCalls(connection.identity, asUs),
    ...tokenCalls(connection.identity, asUs),
  };
}

/** The few calls that prove an account's own token. */
export function createAccountClient(config: AzureConfig, deps: VendorDeps, token: Secret) {
  return accountCalls(connect(config, deps, tokenLogin(token)));
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

type AsUs = <T>(right: string, call: Promise<T>) => Promise<T>;

/**
 * Azure DevOps answers 401 to a dead token and to a living one that lacks a scope. If it still knows
 * us, the scope or the right is what is missing.
 */
function explainRight(config: AzureConfig, name: string, self: () => Promise<unknown>): AsUs {
  return async (right, call) => {
    try {
      return await call;
    } catch (error) {
      if (!hasCode(error, 'unauthenticated', 'missing-permission')) throw error;
      await self();
      throw new ProductError('missing-permission', {
        subject: name,
        message:
          config.entra === undefined
            ? `${name} does not let our own token do this. It needs the scope "${right}", and its account must be a Project Collection Administrator.`
            : `${name} does not let our own application do this. It must be a Project Collection Administrator.`,
        cause: error,
      });
    }
  };
}

function userCalls(config: AzureConfig, http: Http, asUs: AsUs) {
  const query = { 'api-version': ENTITLEMENTS };
  const all = '/_apis/userentitlements';
  const one = (id: string): string => path`/_apis/userentitlements/${id}`;
  return {
    /** Everybody whose name or address contains the text; the caller compares exactly. */
    async findEntitlements(text: string): Promise<Entitlement[]> {
      const filter = `name eq '${text.replaceAll("'", "''")}'`;
      const found: Entitlement[] = [];
      let continuationToken: string | undefined;
      for (let page = 0; page < LAST_PAGE; page += 1) {
        const part = { ...query, $filter: filter, continuationToken };
        const call = http.send({
          method: 'GET',
          path: all,
          query: part,
          schema: entitlementPageSchema,
        });
        const answer = await asUs(RIGHTS.users, call);
        found.push(...(answer.items ?? []), ...(answer.members ?? []));
        continuationToken = answer.continuationToken ?? undefined;
        if (continuationToken === undefined || continuationToken === '') break;
      }
      return found;
    },
    entitlement: (id: string): Promise<Entitlement | undefined> =>
      orUndefined(
        asUs(
          RIGHTS.users,
          http.send({ method: 'GET', path: one(id), query, schema: entitlementSchema }),
        ),
      ),
    /** Also a refusal comes as 200; the caller reads `isSuccess`. */
    addEntitlement(principalName: string): Promise<Added> {
      const body = {
        accessLevel: { licensingSource: 'account', accountLicenseType: config.license },
        user: { principalName, subjectKind: 'user' },
      };
      const call = http.send({ method: 'POST', path: all, query, body, schema: addedSchema });
      return asUs(RIGHTS.users, call);
    },
    async removeEntitlement(id: string): Promise<void> {
      await orUndefined(asUs(RIGHTS.users, bare(http, 'DELETE', one(id), query)));
    },
  };
}

function groupCalls(http: Http, asUs: AsUs) {
  const query = { 'api-version': GRAPH };
  const membership = (subject: string, group: string): string =>
    path`/_apis/graph/memberships/${subject}/${group}`;
  const send = <T>(call: string, schema: z.ZodType<T>, more: Record<string, string> = {}) =>
    asUs(
      RIGHTS.groups,
      http.send({ method: 'GET', path: call, query: { ...query, ...more }, schema }),
    );
  return {
    /** The groups that somebody is directly in. */
    async groupsOf(subject: string): Promise<string[]> {
      const call = path`/_apis/graph/memberships/${subject}`;
      const { value } = await send(call, membershipsSchema, { direction: 'up' });
      return value.map(({ containerDescriptor }) => containerDescriptor);
    },
    async join(subject: string, group: string): Promise<void> {
      await asUs(RIGHTS.groups, bare(http, 'PUT', membership(subject, group), query));
    },
    async leave(subject: string, group: string): Promise<void> {
      const call = bare(http, 'DELETE', membership(subject, group), query);
      await orUndefined(asUs(RIGHTS.groups, call));
    },
    /** How the graph calls a project; undefined when there is no such project any more. */
    async projectDescriptor(projectId: string): Promise<string | undefined> {
      const call = path`/_apis/graph/descriptors/${projectId}`;
      return (await orUndefined(send(call, descriptorSchema)))?.value;
    },
    /** The groups of a project, or with null of the whole organisation and its projects. */
    async groups(scopeDescriptor: string | null): Promise<AzureGroup[]> {
      const found: AzureGroup[] = [];
      let continuationToken: string | undefined;
      for (let page = 0; page < LAST_PAGE; page += 1) {
        const answer = await asUs(
          RIGHTS.groups,
          http.exchange({
            method: 'GET',
            path: '/_apis/graph/groups',
            query: {
              ...query,
              subjectTypes: 'vssgp',
              scopeDescriptor: scopeDescriptor ?? undefined,
              continuationToken,
            },
            schema: groupsSchema,
          }),
        );
        found.push(...answer.value.value);
        continuationToken = answer.headers.get('x-ms-continuationtoken') ?? undefined;
        if (continuationToken === undefined) break;
      }
      return found;
    },
  };
}

function tokenCalls(http: Http, asUs: AsUs) {
  const query = { 'api-version': TOKENS };
  return {
    /** Personal access tokens of anybody, without their values. */
    async tokensOf(subject: string): Promise<AzureToken[]> {
      const call = path`/_apis/tokenadmin/personalaccesstokens/${subject}`;
      const found: AzureToken[] = [];
      let continuationToken: string | undefined;
      for (let page = 0; page < LAST_PAGE; page += 1) {
        const part = { ...query, isPublic: false, continuationToken };
        const answer = await asUs(
          RIGHTS.tokens,
          http.send({ method: 'GET', path: call, query: part, schema: tokenPageSchema }),
        );
        found.push(...answer.value);
        continuationToken = answer.continuationToken ?? undefined;
        if (continuationToken === undefined) break;
      }
      return found;
    },
    async revokeToken(authorizationId: string): Promise<void> {
      const call = '/_apis/tokenadmin/revocations';
      await asUs(RIGHTS.tokens, bare(http, 'POST', call, query, [{ authorizationId }]));
    },
  };
}

/** A call whose answer has nothing for us. */
function bare(
  http: Connection['core'],
  method: 'PUT' | 'POST' | 'DELETE',
  call: string,
  query: Readonly<Record<string, string>>,
  body?: unknown,
): Promise<unknown> {
  return http.send({
    method,
    path: call,
    query,
    schema: z.unknown(),
    ...(body === undefined ? {} : { body }),
  });
}
