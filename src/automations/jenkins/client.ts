import { z } from 'zod';

import { ProductError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Clock } from '../../lib/clock.ts';
import { createHttp, path } from '../../lib/http.ts';
import type { Http, HttpAnswer, HttpRequest } from '../../lib/http.ts';
import { orGone } from '../or-gone.ts';
import { secretTextXml } from './secret-text.ts';
import {
  credentialsSchema,
  crumbSchema,
  domainsSchema,
  itemSchema,
  whoAmISchema,
} from './schema.ts';
import type { JenkinsConfig, JenkinsCredential, JenkinsItem } from './schema.ts';
import { domainPath, storePath } from './target.ts';
import type { Place } from './target.ts';

export type JenkinsClient = ReturnType<typeof openClient>;

export interface CredentialWish {
  readonly id: string;
  readonly description: string;
  readonly value: Secret;
}

const NOTHING = z.unknown();
const FIELDS = 'credentials[id,description,typeName]';
const DEEPEST = 5;

export function openClient(config: JenkinsConfig, clock: Clock, name: string) {
  const { user, api_token } = config;
  const http = createHttp({
    name,
    baseUrl: config.base_url,
    clock,
    timeoutMs: config.timeout_ms,
    headers: () => ({
      authorization: `Basic ${Buffer.from(`${user}:${api_token.reveal()}`, 'utf8').toString('base64')}`,
    }),
    explain: (answer) => explain(answer, name),
  });
  return { ...credentials(http), ...lookingAround(http) };
}

// https://github.com/jenkinsci/credentials-plugin/blob/master/docs/user.adoc#rest-api
function credentials(http: Http) {
  const at = (place: Place, id: string) =>
    domainPath(place) + path`/credential/${id}` + '/config.xml';
  return {
    /** Everything of one domain. @throws ProductError `not-found` without the folder or domain */
    async credentials(place: Place): Promise<JenkinsCredential[]> {
      const found = await http.send({
        method: 'GET',
        path: `${domainPath(place)}/api/json`,
        query: { tree: FIELDS },
        schema: credentialsSchema,
      });
      return found.credentials;
    },
    create: (place: Place, wish: CredentialWish) =>
      write(http, {
        method: 'POST',
        path: `${domainPath(place)}/createCredentials`,
        text: xml(wish),
        schema: NOTHING,
      }),
    replace: (place: Place, wish: CredentialWish) =>
      write(http, {
        method: 'POST',
        path: at(place, wish.id),
        text: xml(wish),
        schema: NOTHING,
      }),
    remove: (place: Place, id: string) =>
      write(http, { method: 'DELETE', path: at(place, id), ok: [200, 404], schema: NOTHING }),
  };
}

function xml(wish: CredentialWish) {
  // Without a charset a servlet reads Latin-1.
  return { type: 'application/xml; charset=utf-8', content: secretTextXml(wish) };
}

/**
 * An API token needs no crumb, but a proxy in front of Jenkins or an older version may still ask
 * for one, so it goes along with the session that it belongs to.
 */
async function write(http: Http, request: HttpRequest<unknown>): Promise<void> {
  const issued = await orGone(
    http.exchange({ method: 'GET', path: '/crumbIssuer/api/json', schema: crumbSchema }),
  );
  await http.send({ ...request, headers: issued === undefined ? {} : crumbHeaders(issued) });
}

type Issued = HttpAnswer & { readonly value: z.infer<typeof crumbSchema> };

function crumbHeaders({ value, headers }: Issued): Record<string, string> {
  const cookies = headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '');
  return {
    [value.crumbRequestField]: value.crumb,
    ...(cookies.length === 0 ? {} : { cookie: cookies.join('; ') }),
  };
}

function lookingAround(http: Http) {
  return {
    /** Who Jenkins takes us for. */
    whoAmI: () => http.send({ method: 'GET', path: '/whoAmI/api/json', schema: whoAmISchema }),
    /** Items that our account sees, down to a depth where folders are rare. */
    async items(): Promise<readonly JenkinsItem[]> {
      const found = await http.send({
        method: 'GET',
        path: '/api/json',
        query: { tree: treeOf(DEEPEST) },
        schema: itemSchema,
      });
      return found.jobs ?? [];
    },
    async domains(folder: readonly string[]): Promise<string[]> {
      const found = await orGone(
        http.send({
          method: 'GET',
          path: `${storePath(folder)}/api/json`,
          query: { tree: 'domains[urlName]' },
          schema: domainsSchema,
        }),
      );
      return Object.keys(found?.domains ?? {});
    },
    /** Undefined when our account may not look there, which is as it should be. */
    findRootCredentials: () =>
      orGone(
        http.send({
          method: 'GET',
          path: '/credentials/store/system/domain/_/api/json',
          query: { tree: 'credentials[id]' },
          schema: NOTHING,
        }),
      ),
  };
}

function treeOf(depth: number): string {
  return depth === 0 ? 'jobs[fullName]' : `jobs[_class,fullName,${treeOf(depth - 1)}]`;
}

function explain({ status, headers }: HttpAnswer, name: string): ProductError | undefined {
  if (status === 401) {
    return new ProductError('unauthenticated', {
      subject: name,
      message: `${name} does not accept our user and API token. Make a new token for that user and put it into the configuration.`,
    });
  }
  if (status !== 403) return undefined;
  const permission = headers.get('x-required-permission')?.split('.').at(-1);
  return new ProductError('missing-permission', {
    subject: name,
    message:
      permission === undefined
        ? `${name} does not let our user do this. It needs Overall/Read, Job/Read and, in the folders of targets, Credentials/View, Create, Update and Delete.`
        : `${name} does not let our user do this: it lacks the permission ${permission}. Grant Credentials/View, Create, Update and Delete in the folders of targets, and nothing more.`,
  });
}
