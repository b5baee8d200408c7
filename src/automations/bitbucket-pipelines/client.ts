import { z } from 'zod';

import { hasCode, ProductError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Clock } from '../../lib/clock.ts';
import { createHttp, path } from '../../lib/http.ts';
import type { Http, HttpAnswer } from '../../lib/http.ts';
import {
  environmentSchema,
  pageSchema,
  repositorySchema,
  scopeRefusalSchema,
  variableSchema,
  workspaceAccessSchema,
} from './schema.ts';
import type { BitbucketPipelinesConfig, PipelineVariable } from './schema.ts';
import { placeName, variablesPath } from './target.ts';
import type { Place } from './target.ts';

export type PipelinesClient = ReturnType<typeof openClient>;

const PAGE = 100;
/** More variables or environments than any place has; beyond it something is wrong. */
const MOST_PAGES = 20;
const NOTHING = z.unknown();

export function openClient(config: BitbucketPipelinesConfig, clock: Clock, name: string) {
  const http = createHttp({
    name,
    baseUrl: config.base_url,
    clock,
    timeoutMs: config.timeout_ms,
    headers: () => ({ authorization: `Basic ${basic(config)}` }),
    explain: (answer) => explain(answer, name),
  });
  return { ...variables(http, config), ...lookingAround(http, config) };
}

/** The list of variables of one place, found once and then used for every call. */
export interface VariableList {
  readonly path: string;
  readonly type: 'pipeline_variable' | 'deployment_variable';
}

function variables(http: Http, config: BitbucketPipelinesConfig) {
  return {
    /** @throws ProductError `not-found` when the deployment or its repository is not there */
    async getList(place: Place): Promise<VariableList> {
      if (place.kind !== 'deployment') {
        return { path: variablesPath(config, place, ''), type: 'pipeline_variable' };
      }
      const all = await environments(http, config, place.repo);
      const wanted = place.environment.toLowerCase();
      const found = all.find(({ name }) => name.toLowerCase() === wanted);
      if (found === undefined) throw missing(placeName(config, place));
      return { path: variablesPath(config, place, found.uuid), type: 'deployment_variable' };
    },
    variables: ({ path: at }: VariableList): Promise<PipelineVariable[]> =>
      listed(http, at, {}, variableSchema, MOST_PAGES),
    createMark: ({ path: at, type }: VariableList, key: string, value: string) =>
      http.send({
        method: 'POST',
        path: at,
        body: { type, key, value, secured: false },
        schema: NOTHING,
      }),
    createSecured: ({ path: at, type }: VariableList, key: string, value: Secret) =>
      http.send({ method: 'POST', path: at, body: secured(type, key, value), schema: NOTHING }),
    replaceSecured: (
      { path: at, type }: VariableList,
      { uuid }: PipelineVariable,
      key: string,
      value: Secret,
    ) =>
      http.send({
        method: 'PUT',
        path: at + path`/${uuid}`,
        body: { uuid, ...secured(type, key, value) },
        schema: NOTHING,
      }),
    remove: ({ path: at }: VariableList, { uuid }: PipelineVariable) =>
      http.send({
        method: 'DELETE',
        path: at + path`/${uuid}`,
        ok: [204, 404],
        schema: NOTHING,
      }),
  };
}

function secured(type: VariableList['type'], key: string, value: Secret) {
  return { type, key, value: value.reveal(), secured: true };
}

function lookingAround(http: Http, config: BitbucketPipelinesConfig) {
  const repositories = path`/repositories/${config.workspace}`;
  return {
    /** One page of the repositories that our account administers, and the scopes of our token. */
    async administered(words: string) {
      const { value, headers } = await http.exchange({
        method: 'GET',
        path: repositories,
        query: {
          role: 'admin',
          pagelen: PAGE,
          ...(words === '' ? {} : { q: `name ~ "${words}"` }),
        },
        schema: pageSchema(repositorySchema),
      });
      const scopes = headers.get('x-oauth-scopes');
      return {
        repositories: value.values.map((one) => one.full_name),
        scopes: scopes?.split(/\s*,\s*/).filter((scope) => scope !== '') ?? null,
      };
    },
    async environmentNames(repo: string): Promise<string[]> {
      const found = await environments(http, config, repo);
      return found.map(({ name }) => name);
    },
    async administersWorkspace(): Promise<boolean> {
      const all = await listed(http, '/user/workspaces', {}, workspaceAccessSchema, MOST_PAGES);
      const ours = all.find(({ workspace }) => workspace.slug === config.workspace);
      return ours?.administrator ?? false;
    },
  };
}

async function environments(http: Http, config: BitbucketPipelinesConfig, repo: string) {
  const at = path`/repositories/${config.workspace}/${repo}/environments`;
  return listed(http, at, {}, environmentSchema, MOST_PAGES);
}

/** Reads page after page; the link to the next one is only believed for its parameters. */
async function listed<T extends z.ZodType>(
  http: Http,
  at: string,
  first: Readonly<Record<string, string>>,
  schema: T,
  mostPages: number,
): Promise<z.infer<T>[]> {
  const values: z.infer<T>[] = [];
  let query: Readonly<Record<string, string | number>> = { ...first, pagelen: PAGE };
  for (let page = 1; page <= mostPages; page += 1) {
    const found = await http.send({ method: 'GET', path: at, query, schema: pageSchema(schema) });
    values.push(...found.values);
    if (found.next === undefined) break;
    query = Object.fromEntries(new URL(found.next).searchParams);
  }
  return values;
}

function basic({ email, api_token }: BitbucketPipelinesConfig): string {
  return Buffer.from(`${email}:${api_token.reveal()}`, 'utf8').toString('base64');
}

function missing(where: string): ProductError {
  return new ProductError('not-found', {
    subject: where,
    message: `Bitbucket has no place for variables at ${where}, or our account cannot see it. Make it, or make our account an administrator there; then retry.`,
  });
}

/** The same call, with a 404 said in words that name the place. */
export async function at<T>(where: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw hasCode(error, 'not-found') ? missing(where) : error;
  }
}

function explain({ status, body }: HttpAnswer, name: string): ProductError | undefined {
  if (status === 401) {
    return new ProductError('unauthenticated', {
      subject: name,
      message: `${name} does not accept our address and API token. Make a new API token and put it into the configuration.`,
    });
  }
  if (status !== 403) return undefined;
  const parsed = scopeRefusalSchema.safeParse(body);
  const { required = [], granted = [] } = parsed.success ? parsed.data.error.detail : {};
  const lacking = required.filter((scope) => !granted.includes(scope));
  return new ProductError('missing-permission', {
    subject: name,
    message:
      lacking.length > 0
        ? `Our API token for ${name} lacks ${lacking.join(', ')}. Make a new one with all the scopes that the documentation names.`
        : `${name} does not let our account manage variables there. It must be an administrator of the repository, or of the workspace for variables of the workspace.`,
  });
}
