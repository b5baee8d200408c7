import { isAbsolute } from 'node:path';

import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';

const httpUrl = () => z.url({ protocol: /^https?$/ });

export const awsConfig = z.strictObject({
  region: z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'must be a region such as eu-central-1'),
  /** Another address of the same API: a VPC endpoint, or a FIPS one. */
  endpoint: httpUrl().optional(),
  auth: z.discriminatedUnion('method', [
    z.strictObject({
      method: z.literal('keys'),
      access_key_id: z
        .string()
        .regex(/^\w{16,128}$/, 'must be a key id such as AKIAIOSFODNN7EXAMPLE'),
      secret_access_key: z.instanceof(Secret),
      session_token: z.instanceof(Secret).optional(),
    }),
    z.strictObject({
      method: z.literal('container'),
      /** What the container agent put into the environment; ECS says only a path. */
      credentials_uri: z.instanceof(Secret),
      /** Read at each renewal, because it is exchanged now and then (EKS Pod Identity). */
      token_file: z.string().refine(isAbsolute, 'must be an absolute path').optional(),
    }),
    z.strictObject({
      method: z.literal('instance'),
      metadata_url: httpUrl().default('http://169.254.169.254'),
    }),
  ]),
  /** A KMS key of your own; without it AWS uses `aws/secretsmanager`. */
  kms_key_id: z.string().min(1).optional(),
  /** ARNs that may read through a secret's own resource policy; `doctor` warns of all others. */
  readers: z
    .array(
      z
        .string()
        .startsWith('arn:', 'must be an ARN such as arn:aws:iam::123456789012:role/flow-readers'),
    )
    .default([]),
  /** Link for people, with `{name}` and `{region}`. */
  link: httpUrl().optional(),
  timeout_ms: z.number().int().min(100).max(120_000).default(10_000),
});

export type AwsConfig = z.output<typeof awsConfig>;
export type AwsAuth = AwsConfig['auth'];

const secretText = z.string().transform((value) => new Secret(value));

export const failure = z
  .object({ __type: z.string(), message: z.string().optional(), Message: z.string().optional() })
  .transform(({ __type: type, message, Message }) => ({
    // Some answers put a namespace before the name: "com.amazonaws.secretsmanager#Name".
    kind: type.replace(/^.*#/, ''),
    text: message ?? Message ?? '',
  }));

export const described = z.object({
  DeletedDate: z.number().optional(),
  Tags: z.array(z.object({ Key: z.string(), Value: z.string() })).optional(),
  VersionIdsToStages: z.record(z.string(), z.array(z.string())).optional(),
});

export const value = z.object({ SecretString: secretText.optional() });

export const written = z.object({ VersionId: z.string() });

export const listed = z.object({
  SecretList: z.array(z.object({ Name: z.string() })),
  NextToken: z.string().optional(),
});

export const resourcePolicy = z.object({ ResourcePolicy: z.string().optional() });

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((each) => [each].flat());

export const policyDocument = z.object({
  Statement: z
    .union([z.array(z.unknown()), z.record(z.string(), z.unknown()).transform((each) => [each])])
    .pipe(
      z.array(
        z.object({
          Effect: z.string(),
          Action: oneOrMore.optional(),
          NotAction: oneOrMore.optional(),
          Principal: z.union([z.string(), z.record(z.string(), oneOrMore)]).optional(),
          NotPrincipal: z.unknown().optional(),
        }),
      ),
    ),
});

export type PolicyDocument = z.output<typeof policyDocument>;

/** What the container agent and the instance metadata service both answer. */
export const roleCredentials = z.object({
  AccessKeyId: z.string(),
  SecretAccessKey: secretText,
  Token: secretText,
  Expiration: z.iso.datetime({ offset: true }),
});
