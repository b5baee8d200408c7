import type { Client } from 'jira.js/core';
import { z } from 'zod';

import { ProductError } from '../../domain/errors.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import { createHttp } from '../../lib/http.ts';
import type { Http, HttpAnswer, HttpRequest } from '../../lib/http.ts';
import type { VendorDeps } from '../vendor.ts';
import type { JiraConfig } from './schema.ts';

export interface JiraLogin {
  readonly email: string;
  readonly token: Secret;
}

/** HTTP as one Atlassian account. Its refusals are worded for the administrator's own login. */
export function openHttp(config: JiraConfig, deps: VendorDeps, login: JiraLogin): Http {
  const http = createHttp({
    name: deps.connectionName,
    baseUrl: config.base_url,
    clock: deps.clock,
    headers: () => ({ authorization: `Basic ${basic(login)}` }),
    explain: (answer) => explain(deps, answer),
    ...(config.timeout_ms === undefined ? {} : { timeoutMs: config.timeout_ms }),
  });
  const exchange: Http['exchange'] = async (request) => {
    const answer = await http.exchange(request);
    if (isForNobody(answer.headers)) throw notAccepted(deps.connectionName);
    return answer;
  };
  return { exchange, send: async (request) => (await exchange(request)).value };
}

/**
 * What anybody may ask, Jira answers with 200 also to a dead token: with what nobody in particular
 * sees, mostly nothing. Only this header tells: https://github.com/MrRefactoring/jira.js/issues/418
 */
function isForNobody(headers: Headers): boolean {
  return /AUTHENTICATED_FAILED|AUTHENTICATION_DENIED/.test(
    headers.get('x-seraph-loginreason') ?? '',
  );
}

/**
 * Carries jira.js over our own HTTP: the library has no time-out, follows redirects and puts URLs
 * and bodies into its errors. What comes back is unchecked; callers parse it with our schemas.
 */
export function jiraTransport(http: Http): Client {
  return {
    async sendRequest<T>(options: Parameters<Client['sendRequest']>[0]): Promise<T> {
      const value = await http.send({
        method: methodOf(options.method),
        path: options.url,
        query: scalars(options.searchParams ?? {}),
        ...(options.body === undefined ? {} : { body: options.body }),
        schema: z.unknown(),
      });
      return value as T;
    },
  };
}

function basic({ email, token }: JiraLogin): string {
  return Buffer.from(`${email}:${token.reveal()}`, 'utf8').toString('base64');
}

function methodOf(method: string | undefined): HttpRequest<unknown>['method'] {
  switch (method) {
    case undefined:
    case 'GET':
      return 'GET';
    case 'POST':
    case 'PUT':
    case 'DELETE':
      return method;
    default:
      throw new Error(`No call of ours uses ${method}.`);
  }
}

function scalars(params: Readonly<Record<string, unknown>>): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [key, value] of Object.entries(params)) {
    if (typeof value === 'string') query[key] = value;
    else if (typeof value === 'number' || typeof value === 'boolean') query[key] = String(value);
    else if (value !== undefined) throw new Error(`The parameter ${key} is not a single value.`);
  }
  return query;
}

function explain(deps: VendorDeps, answer: HttpAnswer): ProductError | undefined {
  const name = deps.connectionName;
  if (answer.status === 401) return notAccepted(name);
  if (answer.status === 403) {
    return fail(
      'missing-permission',
      name,
      `${name} does not let our own account do this. It needs the global permission "Administer Jira" and must be an organisation administrator.`,
    );
  }
  return undefined;
}

function notAccepted(name: string): ProductError {
  return fail(
    'unauthenticated',
    name,
    `${name} does not accept our own address and API token. Make a new API token for it and put it into the configuration.`,
  );
}

function fail(code: ErrorCode, subject: string, message: string): ProductError {
  return new ProductError(code, { subject, message });
}
