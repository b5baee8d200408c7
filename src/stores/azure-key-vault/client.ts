import { z } from 'zod';

import type { Secret } from '../../domain/secret.ts';
import type { Clock } from '../../lib/clock.ts';
import { createHttp, path } from '../../lib/http.ts';
import type { HttpRequest } from '../../lib/http.ts';
import { withToken } from '../../lib/kept-token.ts';
import type { SecretMeta } from '../store.ts';
import { SYSTEM, explain } from './failures.ts';
import * as schema from './schema.ts';
import type { AzureConfig } from './schema.ts';
import { azureTokens } from './tokens.ts';

const API_VERSION = '2025-07-01';

export type AzureClient = ReturnType<typeof createAzureClient>;

/** The calls of Key Vault's data plane that the store needs. */
export function createAzureClient(config: AzureConfig, clock: Clock) {
  const send = createSender(config, clock);
  const at = (name: string): string => path`/secrets/${name}`;
  const gone = (name: string): string => path`/deletedsecrets/${name}`;
  return {
    /** The newest version; there is no call that tells it without its value. */
    get: (name: string) => send({ method: 'GET', path: at(name), schema: schema.value }),

    version: (name: string, version: string) =>
      send({ method: 'GET', path: `${at(name)}${path`/${version}`}`, schema: schema.value }),

    /** Always makes a new version. */
    set: (name: string, secret: Secret, tags: SecretMeta) =>
      send({
        method: 'PUT',
        path: at(name),
        body: { value: secret.reveal(), tags, contentType: 'text/plain' },
        schema: schema.written,
      }),

    tag: (name: string, version: string, tags: SecretMeta) =>
      send({
        method: 'PATCH',
        path: `${at(name)}${path`/${version}`}`,
        body: { tags },
        schema: schema.written,
      }),

    remove: (name: string) => send({ method: 'DELETE', path: at(name), schema: schema.deleted }),

    deleted: (name: string) => send({ method: 'GET', path: gone(name), schema: schema.deleted }),

    purge: (name: string) => send({ method: 'DELETE', path: gone(name), schema: z.unknown() }),
  };
}

function createSender(config: AzureConfig, clock: Clock) {
  const http = createHttp({
    name: SYSTEM,
    baseUrl: config.vault_url,
    clock,
    timeoutMs: config.timeout_ms,
    explain,
  });
  const tokens = azureTokens(config, clock);
  return <T>(request: HttpRequest<T>): Promise<T> =>
    withToken(tokens, (token) =>
      http.send({
        ...request,
        query: { 'api-version': API_VERSION },
        headers: { authorization: `Bearer ${token.reveal()}` },
      }),
    );
}
