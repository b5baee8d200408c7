import { ProductError, hasCode } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import { createHttp, path } from '../../lib/http.ts';
import type { Http, HttpAnswer } from '../../lib/http.ts';
import type { VendorDeps } from '../vendor.ts';
import {
  identitiesSchema,
  listSchema,
  projectSchema,
  projectsSchema,
  selfSchema,
} from './schema.ts';
import type { Identity, Project, Self, ServerConfig } from './schema.ts';

export type ServerClient = ReturnType<typeof createClient>;

/** The scopes of our own token, as the form for new tokens calls them. */
export const RIGHTS = { identities: 'Identity: Read', projects: 'Project and Team: Read' } as const;

const PAGE = 1000;
/** A bound: 20 pages are 20 000 projects. */
const LAST_PAGE = 20;

/** The calls we make at one collection, with our own token or with the account's. */
export function createClient(config: ServerConfig, deps: VendorDeps, token: Secret) {
  const http = createHttp({
    name: deps.connectionName,
    baseUrl: config.collection_url,
    clock: deps.clock,
    headers: () => ({
      authorization: `Basic ${Buffer.from(`:${token.reveal()}`, 'utf8').toString('base64')}`,
      // Otherwise a token that is not accepted is sent to a sign-in page instead of a 401.
      'x-tfs-fedauthredirect': 'Suppress',
    }),
    explain: (answer) => explain(deps.connectionName, answer),
    explainPage: () => signInPage(deps.connectionName),
    ...(config.timeout_ms === undefined ? {} : { timeoutMs: config.timeout_ms }),
  });
  const versions = {
    released: { 'api-version': config.api_version },
    preview: { 'api-version': `${config.api_version}-preview` },
  };
  const self = async (): Promise<Self> => {
    const answer = await http.send({
      method: 'GET',
      path: '/_apis/connectionData',
      query: versions.preview,
      schema: selfSchema,
    });
    return answer.authenticatedUser;
  };
  const asSelf = explainRight(deps.connectionName, self);
  return {
    self,
    ...projectCalls(http, versions, asSelf),
    ...identityCalls(http, versions, asSelf),
  };
}

interface Versions {
  readonly released: Readonly<Record<string, string>>;
  readonly preview: Readonly<Record<string, string>>;
}

type AsSelf = <T>(right: string, call: Promise<T>) => Promise<T>;

function projectCalls(http: Http, { released, preview }: Versions, asSelf: AsSelf) {
  const list = (call: string, query: Readonly<Record<string, string>>): Promise<unknown> =>
    http.send({ method: 'GET', path: call, query, schema: listSchema });
  return {
    async projects(): Promise<Project[]> {
      const found: Project[] = [];
      for (let page = 0; page < LAST_PAGE; page += 1) {
        const query = { ...released, $top: PAGE, $skip: page * PAGE };
        const call = http.send({
          method: 'GET',
          path: '/_apis/projects',
          query,
          schema: projectsSchema,
        });
        const { value } = await asSelf(RIGHTS.projects, call);
        found.push(...value);
        if (value.length < PAGE) break;
      }
      return found;
    },
    /** Undefined when it is gone, or when the asker may not see it. */
    async project(id: string): Promise<Project | undefined> {
      try {
        return await asSelf(
          RIGHTS.projects,
          http.send({
            method: 'GET',
            path: path`/_apis/projects/${id}`,
            query: released,
            schema: projectSchema,
          }),
        );
      } catch (error) {
        if (hasCode(error, 'not-found')) return undefined;
        throw error;
      }
    },
    /** One call per scope that Flow's token must have. */
    reads: {
      'vso.code': (id: string) => list(path`/${id}/_apis/git/repositories`, released),
      'vso.build': (id: string) => list(path`/${id}/_apis/build/definitions`, released),
      'vso.work': (id: string) => list(path`/${id}/_apis/wit/workitemtypes`, released),
    },
    /** Could it do what only other scopes allow? Only a clear refusal counts as no. */
    async mayListPools(): Promise<boolean> {
      try {
        await list('/_apis/distributedtask/pools', preview);
        return true;
      } catch (error) {
        if (hasCode(error, 'unauthenticated', 'missing-permission')) return false;
        throw error;
      }
    },
  };
}

function identityCalls(http: Http, { preview }: Versions, asSelf: AsSelf) {
  const find = async (query: Readonly<Record<string, string>>): Promise<Identity[]> => {
    const call = http.send({
      method: 'GET',
      path: '/_apis/identities',
      query: { ...preview, queryMembership: 'ExpandedUp', ...query },
      schema: identitiesSchema,
    });
    const { value } = await asSelf(RIGHTS.identities, call);
    return value.filter((identity) => identity !== null);
  };
  return {
    findAccounts: (name: string) => find({ searchFilter: 'AccountName', filterValue: name }),
    /** The group of exactly this name, as `[Project]\Readers`. */
    async group(name: string): Promise<Identity | undefined> {
      const found = await find({ searchFilter: 'General', filterValue: name });
      const wanted = name.toLowerCase();
      return found.find((one) => one.providerDisplayName.toLowerCase() === wanted);
    },
    async identity(id: string): Promise<Identity | undefined> {
      const found = await find({ identityIds: id });
      return found.find((one) => one.id === id);
    },
  };
}

/**
 * The server answers 401 to a dead token and to a living one that lacks a scope. If it still knows
 * the asker, the scope is what is missing.
 */
function explainRight(name: string, self: () => Promise<unknown>): AsSelf {
  return async (right, call) => {
    try {
      return await call;
    } catch (error) {
      if (!hasCode(error, 'unauthenticated', 'missing-permission')) throw error;
      await self();
      throw new ProductError('missing-permission', {
        subject: name,
        message: `${name} does not let this token read that. It needs the scope "${right}".`,
        cause: error,
      });
    }
  };
}

/** A page is one for people to sign in, as 200, 203 or a redirect; not always about our token. */
function signInPage(name: string): ProductError {
  return new ProductError('unexpected-answer', {
    subject: name,
    message: `${name} sends a sign-in page instead of an answer. The token may be revoked or expired, or a proxy does not let requests to /_apis through.`,
  });
}

function explain(name: string, { status }: HttpAnswer): ProductError | undefined {
  if (status !== 401) return undefined;
  return new ProductError('unauthenticated', {
    subject: name,
    message: `${name} does not accept the token. Was it revoked, or has it expired?`,
  });
}
