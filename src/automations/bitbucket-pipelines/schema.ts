import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';

const address = (fallback: string) => z.url().default(fallback);

export const configSchema = z.strictObject({
  base_url: address('https://api.bitbucket.org/2.0'),
  web_url: address('https://bitbucket.org'),
  /** The workspace's id, as it stands in its URL. */
  workspace: z.string().regex(/^[\w-]+$/),
  /** Whose API token it is. */
  email: z.email(),
  api_token: z.instanceof(Secret),
  /** Repositories such as `acme/*`; the whole workspace only when `workspace` is listed. */
  targets: z.array(z.string().min(1)).min(1),
  timeout_ms: z.number().int().min(50).max(120_000).default(15_000),
});

export type BitbucketPipelinesConfig = z.infer<typeof configSchema>;

/** Bitbucket leaves the value of a secured variable out. */
export const variableSchema = z.object({
  uuid: z.string().min(1),
  key: z.string(),
  value: z.string().nullish(),
  secured: z.boolean().default(false),
});

export type PipelineVariable = z.infer<typeof variableSchema>;

export const environmentSchema = z.object({ uuid: z.string().min(1), name: z.string() });

export const repositorySchema = z.object({ full_name: z.string() });

export const workspaceAccessSchema = z.object({
  administrator: z.boolean(),
  workspace: z.object({ slug: z.string() }),
});

export const pageSchema = <T extends z.ZodType>(value: T) =>
  z.object({ values: z.array(value), next: z.url().optional() });

/** A 403 about scopes says which ones the call takes and which ones the token has. */
export const scopeRefusalSchema = z.object({
  error: z.object({
    detail: z.object({ required: z.array(z.string()), granted: z.array(z.string()).default([]) }),
  }),
});
