import { z } from 'zod';

import { hasCode } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Clock } from '../../lib/clock.ts';
import { createHttp } from '../../lib/http.ts';
import type { SecretMeta } from '../store.ts';
import { SYSTEM, explain } from './failures.ts';
import { keySource } from './keys.ts';
import * as schema from './schema.ts';
import type { AwsConfig } from './schema.ts';
import { signedHeaders } from './sign.ts';
import type { AwsKeys } from './sign.ts';

export type AwsClient = ReturnType<typeof createAwsClient>;

/** The operations of Secrets Manager that the store needs. */
export function createAwsClient(config: AwsConfig, clock: Clock) {
  const call = createCaller(config, clock);
  const kms = config.kms_key_id === undefined ? {} : { KmsKeyId: config.kms_key_id };
  return {
    describe: (name: string) => call('DescribeSecret', { SecretId: name }, schema.described),

    value: (name: string, version: string) =>
      call('GetSecretValue', { SecretId: name, VersionId: version }, schema.value),

    /** `token` becomes the version's id; AWS refuses it for another value than the first one's. */
    create: (name: string, token: string, secret: Secret, tags: SecretMeta) =>
      call(
        'CreateSecret',
        {
          Name: name,
          Description: 'Kept by the Flow service accounts app',
          ClientRequestToken: token,
          SecretString: secret.reveal(),
          Tags: asTags(tags),
          ...kms,
        },
        schema.written,
      ),

    put: (name: string, token: string, secret: Secret) =>
      call(
        'PutSecretValue',
        { SecretId: name, ClientRequestToken: token, SecretString: secret.reveal() },
        schema.written,
      ),

    tag: (name: string, tags: SecretMeta) =>
      call('TagResource', { SecretId: name, Tags: asTags(tags) }, z.unknown()),

    /** Without a way back; AWS is quiet when there was nothing. */
    destroy: (name: string) =>
      call('DeleteSecret', { SecretId: name, ForceDeleteWithoutRecovery: true }, z.unknown()),

    /** Unlike `destroy`, it tells when there was nothing: only for looking at our rights. */
    schedule: (name: string) =>
      call('DeleteSecret', { SecretId: name, RecoveryWindowInDays: 30 }, z.unknown()),

    list: (prefix: string, page: string | undefined) =>
      call(
        'ListSecrets',
        {
          Filters: [{ Key: 'name', Values: [prefix] }],
          MaxResults: 100,
          ...(page === undefined ? {} : { NextToken: page }),
        },
        schema.listed,
      ),

    resourcePolicy: (name: string) =>
      call('GetResourcePolicy', { SecretId: name }, schema.resourcePolicy),
  };
}

const TYPE = 'application/x-amz-json-1.1';

function createCaller(config: AwsConfig, clock: Clock) {
  const { region } = config;
  const baseUrl = (config.endpoint ?? defaultEndpoint(region)).replace(/\/$/, '');
  const keys = keySource(config.auth, clock, config.timeout_ms);
  const http = createHttp({
    name: SYSTEM,
    baseUrl,
    clock,
    timeoutMs: config.timeout_ms,
    explain: (answer) => explain(answer, clock),
  });

  function send<T>(
    operation: string,
    content: string,
    answer: z.ZodType<T>,
    own: AwsKeys,
  ): Promise<T> {
    const request = {
      method: 'POST',
      url: new URL(`${baseUrl}/`),
      headers: { 'content-type': TYPE, 'x-amz-target': `secretsmanager.${operation}` },
      content,
    };
    const headers = signedHeaders(request, own, { region, service: 'secretsmanager' }, clock.now());
    const text = { type: TYPE, content };
    return http.send({ method: 'POST', path: '/', text, headers, schema: answer });
  }

  return async <T>(operation: string, body: unknown, answer: z.ZodType<T>): Promise<T> => {
    const content = JSON.stringify(body);
    const own = await keys.get();
    try {
      return await send(operation, content, answer, own);
    } catch (error) {
      // A refused call had no effect: with new keys it is safe to send it again, once.
      if (!hasCode(error, 'unauthenticated') || !keys.renew(own)) throw error;
      return await send(operation, content, answer, await keys.get());
    }
  };
}

function defaultEndpoint(region: string): string {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://secretsmanager.${region}.${domain}`;
}

function asTags(labels: SecretMeta) {
  return Object.entries(labels).map(([Key, Value]) => ({ Key, Value }));
}
