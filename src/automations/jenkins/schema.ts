import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';

export const configSchema = z.strictObject({
  /** With its path, if Jenkins has one: `https://ci.example.com/jenkins`. */
  base_url: z.url(),
  /** Whose API token it is. */
  user: z.string().min(1),
  api_token: z.instanceof(Secret),
  /** Folders such as `platform/*`. */
  targets: z.array(z.string().min(1)).min(1),
  timeout_ms: z.number().int().min(50).max(120_000).default(15_000),
});

export type JenkinsConfig = z.infer<typeof configSchema>;

/** Jenkins never gives a credential's value back. */
export const credentialSchema = z.object({
  id: z.string(),
  description: z.string().nullish(),
  typeName: z.string(),
});
export type JenkinsCredential = z.infer<typeof credentialSchema>;

export const credentialsSchema = z.object({ credentials: z.array(credentialSchema) });

export const domainsSchema = z.object({
  domains: z.record(z.string(), z.object({ urlName: z.string() })),
});

export const crumbSchema = z.object({ crumb: z.string(), crumbRequestField: z.string() });

export const whoAmISchema = z.object({ name: z.string(), anonymous: z.boolean() });

export interface JenkinsItem {
  readonly _class?: string | undefined;
  readonly fullName?: string | undefined;
  readonly jobs?: readonly JenkinsItem[] | undefined;
}

export const itemSchema: z.ZodType<JenkinsItem> = z.object({
  _class: z.string().optional(),
  fullName: z.string().optional(),
  get jobs() {
    return z.array(itemSchema).optional();
  },
});
