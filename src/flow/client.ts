import type { z } from 'zod';

import { hasCode, ProductError } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import type { Clock } from '../lib/clock.ts';
import { createHttp, path } from '../lib/http.ts';
import type { Http, HttpAnswer, HttpRequest } from '../lib/http.ts';
import { anyRecord, pageSchema } from './schema.ts';
import type { FlowConfig } from './schema.ts';

interface Listing<T> {
  readonly object: string;
  readonly schema: z.ZodType<T>;
  readonly fields: readonly string[];
  readonly filter?: Readonly<Record<string, string | boolean>>;
}

export interface FlowClient {
  /** Every record, page by page. */
  list<T>(listing: Listing<T>): Promise<T[]>;
  /** May this key read the object? @throws ProductError `unauthenticated` when it is no key */
  mayRead(object: string): Promise<boolean>;
  connectionStatus(integrationId: string, schema: z.ZodType): Promise<unknown>;
  post(path: string, body: unknown, schema: z.ZodType): Promise<void>;
}

// https://help.pluralsight.com/help/repos: `limit` goes up to 1000.
const PAGE_SIZE = 1000;
const MOST_PAGES = 200;

/** Flow's Customer API with one key. Every path ends in a slash, as Django wants it. */
export function createFlowClient(config: FlowConfig, key: Secret, clock: Clock): FlowClient {
  const http = createHttp({
    name: 'Flow',
    baseUrl: config.base_url,
    clock,
    headers: () => ({ authorization: `Bearer ${key.reveal()}` }),
    timeoutMs: config.timeout_ms,
    explain,
  });

  async function send<T>(object: string, request: HttpRequest<T>): Promise<T> {
    try {
      return await http.send(request);
    } catch (error) {
      throw hasCode(error, 'missing-permission') ? mayNot(object, error) : error;
    }
  }

  return {
    list: (listing) => listAll(send, listing),
    mayRead: (object) => mayRead(http, object),
    connectionStatus: (integrationId, schema) =>
      send('integrations', {
        method: 'GET',
        path: path`/v3/customer/core/integrations/${integrationId}/connection_status/`,
        schema,
      }),
    post: async (path, body, schema) =>
      void (await http.send({ method: 'POST', path, body, schema })),
  };
}

type Send = <T>(object: string, request: HttpRequest<T>) => Promise<T>;

async function listAll<T>(send: Send, listing: Listing<T>): Promise<T[]> {
  const all: T[] = [];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { next, results } = await send(listing.object, {
      method: 'GET',
      path: path`/v3/customer/core/${listing.object}/`,
      query: {
        ...listing.filter,
        fields: listing.fields.join(','),
        limit: PAGE_SIZE,
        offset: all.length,
      },
      schema: pageSchema(listing.schema),
    });
    all.push(...results);
    if (next === null || results.length === 0) return all;
  }
  throw new ProductError('unexpected-answer', {
    subject: 'Flow',
    message: `Flow's list of ${listing.object} does not end. Ask Appfire whether paging works.`,
  });
}

async function mayRead(http: Http, object: string): Promise<boolean> {
  try {
    await http.send({
      method: 'GET',
      path: path`/v3/customer/core/${object}/`,
      query: { limit: 1, fields: 'id' },
      schema: pageSchema(anyRecord),
    });
    return true;
  } catch (error) {
    if (hasCode(error, 'missing-permission')) return false;
    throw error;
  }
}

function explain(answer: HttpAnswer): ProductError | undefined {
  if (answer.status !== 401) return undefined;
  return new ProductError('unauthenticated', {
    subject: 'Flow',
    message:
      'Flow does not accept the API key. Make a new one in Flow under Settings > API keys and put it where this one is kept.',
  });
}

function mayNot(object: string, cause: ProductError): ProductError {
  return new ProductError('missing-permission', {
    subject: 'Flow',
    message: `The app's Flow API key may not read ${object}. Give its owner a role with API access to ${object}.`,
    cause,
  });
}
