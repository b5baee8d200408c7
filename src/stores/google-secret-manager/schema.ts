import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';

const httpUrl = () => z.url({ protocol: /^https?$/ });

export const googleConfig = z.strictObject({
  /** Id of the project, not its number. */
  project: z
    .string()
    .regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'must be a project id such as acme-platform'),
  auth: z.discriminatedUnion('method', [
    z.strictObject({ method: z.literal('key'), service_account_key: z.instanceof(Secret) }),
    z.strictObject({
      method: z.literal('metadata'),
      metadata_url: httpUrl().default('http://metadata.google.internal'),
    }),
  ]),
  /** Where values are kept, e.g. `[europe-west3]`; without it Google decides. */
  locations: z
    .array(z.string().regex(/^[a-z]+-[a-z]+\d+$/, 'must be a location such as europe-west3'))
    .min(1)
    .optional(),
  /** Members that may read through a secret's own policy; `doctor` warns of all others. */
  readers: z
    .array(z.string().regex(/^\w+:.+$/, 'must be a member such as group:flow-readers@example.com'))
    .default([]),
  api_url: httpUrl().default('https://secretmanager.googleapis.com'),
  /** Link for people, with `{name}` and `{project}`. */
  link: httpUrl().default(
    'https://console.cloud.google.com/security/secret-manager/secret/{name}/versions?project={project}',
  ),
  timeout_ms: z.number().int().min(100).max(120_000).default(10_000),
});

export type GoogleConfig = z.output<typeof googleConfig>;
export type GoogleAuth = GoogleConfig['auth'];

/** The file that Google gives out for a service account. */
export const serviceAccountKey = z.object({
  client_email: z.string().min(1),
  private_key_id: z.string().optional(),
  private_key: z.string().transform((value) => new Secret(value)),
  token_uri: httpUrl(),
});

export const token = z.object({
  access_token: z.string().transform((value) => new Secret(value)),
  /** Seconds. */
  expires_in: z.number(),
});

export const failure = z.object({
  error: z.object({
    status: z.string(),
    details: z.array(z.object({ reason: z.string().optional() })).optional(),
  }),
});

export const secret = z.object({
  annotations: z.record(z.string(), z.string()).optional(),
  etag: z.string().optional(),
});

export const version = z.object({ name: z.string(), state: z.string().optional() });

export const payload = z.object({
  payload: z.object({
    data: z.string().transform((text) => new Secret(Buffer.from(text, 'base64').toString('utf8'))),
  }),
});

export const listed = z.object({
  secrets: z.array(z.object({ name: z.string() })).optional(),
  nextPageToken: z.string().optional(),
});

export const iamPolicy = z.object({
  bindings: z
    .array(z.object({ role: z.string(), members: z.array(z.string()).optional() }))
    .optional(),
});
