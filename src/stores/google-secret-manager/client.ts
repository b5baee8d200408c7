import { z } from 'zod';

import type { Secret } from '../../domain/secret.ts';
import type { Clock } from '../../lib/clock.ts';
import { createHttp, path } from '../../lib/http.ts';
import type { HttpRequest } from '../../lib/http.ts';
import { withToken } from '../../lib/kept-token.ts';
import type { SecretMeta } from '../store.ts';
import { SYSTEM, explain } from './failures.ts';
import * as schema from './schema.ts';
import type { GoogleConfig } from './schema.ts';
import { googleTokens } from './tokens.ts';

export type GoogleClient = ReturnType<typeof createGoogleClient>;

/** The calls of Google's Secret Manager API (v1) that the store needs. */
export function createGoogleClient(config: GoogleConfig, clock: Clock) {
  const send = createSender(config, clock);
  const all = path`/v1/projects/${config.project}/secrets`;
  const at = (name: string): string => `${all}${path`/${name}`}`;
  return { ...secretCalls(send, all, at, config), ...versionCalls(send, at) };
}

type Send = ReturnType<typeof createSender>;
type At = (name: string) => string;

function secretCalls(send: Send, all: string, at: At, { locations }: GoogleConfig) {
  const replication =
    locations === undefined
      ? { automatic: {} }
      : { userManaged: { replicas: locations.map((location) => ({ location })) } };
  return {
    secret: (name: string) => send({ method: 'GET', path: at(name), schema: schema.secret }),

    /** A secret without any value. */
    create: (name: string, annotations: SecretMeta) =>
      send({
        method: 'POST',
        path: all,
        query: { secretId: name },
        body: { replication, annotations, labels: { app: 'flow-service-accounts' } },
        schema: schema.secret,
      }),

    /** Takes only what was not changed since `etag` was read. */
    annotate: (name: string, annotations: SecretMeta, etag: string | undefined) =>
      send({
        method: 'PATCH',
        path: at(name),
        query: { updateMask: 'annotations' },
        body: { annotations, ...(etag === undefined ? {} : { etag }) },
        schema: schema.secret,
      }),

    destroy: (name: string) => send({ method: 'DELETE', path: at(name), schema: z.unknown() }),

    list: (pageToken: string | undefined) =>
      send({
        method: 'GET',
        path: all,
        query: { filter: 'name:flow-', pageSize: 100, pageToken },
        schema: schema.listed,
      }),

    policy: (name: string) =>
      send({
        method: 'GET',
        path: `${at(name)}:getIamPolicy`,
        query: { 'options.requestedPolicyVersion': 3 },
        schema: schema.iamPolicy,
      }),
  };
}

function versionCalls(send: Send, at: At) {
  return {
    /** The newest version, whatever its state. */
    latest: (name: string) =>
      send({ method: 'GET', path: `${at(name)}/versions/latest`, schema: schema.version }),

    value: async (name: string, version: string) =>
      (
        await send({
          method: 'GET',
          path: `${at(name)}${path`/versions/${version}`}:access`,
          schema: schema.payload,
        })
      ).payload.data,

    addVersion: (name: string, secret: Secret) =>
      send({
        method: 'POST',
        path: `${at(name)}:addVersion`,
        body: { payload: { data: Buffer.from(secret.reveal()).toString('base64') } },
        schema: schema.version,
      }),
  };
}

function createSender(config: GoogleConfig, clock: Clock) {
  const http = createHttp({
    name: SYSTEM,
    baseUrl: config.api_url,
    clock,
    timeoutMs: config.timeout_ms,
    explain,
  });
  const tokens = googleTokens(config, clock);
  return <T>(request: HttpRequest<T>): Promise<T> =>
    withToken(tokens, (token) =>
      http.send({ ...request, headers: { authorization: `Bearer ${token.reveal()}` } }),
    );
}
