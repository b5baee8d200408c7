import { z } from 'zod';

import { githubAuthSchema } from '../../lib/github-app.ts';

export const configSchema = z.strictObject({
  base_url: z.url().default('https://api.github.com'),
  web_url: z.url().default('https://github.com'),
  org: z.string().regex(/^[a-z\d](?:[a-z\d-]{0,37}[a-z\d])?$/i),
  auth: githubAuthSchema,
  /** Repositories such as `acme/*`; the whole organisation only when `org` is listed. */
  targets: z.array(z.string().min(1)).min(1),
  /** Which repositories may use a secret of the organisation. */
  org_visibility: z.enum(['private', 'all']).default('private'),
  timeout_ms: z.number().int().min(50).max(120_000).default(15_000),
});

export type GitHubActionsConfig = z.infer<typeof configSchema>;

export const publicKeySchema = z.object({ key_id: z.string(), key: z.string() });

export const secretSchema = z.object({ updated_at: z.string() });

export const variableSchema = z.object({ value: z.string() });

export const repositoriesSchema = z.array(z.object({ full_name: z.string() }));

export const foundRepositoriesSchema = z.object({ items: repositoriesSchema });

export const environmentsSchema = z.object({
  environments: z.array(z.object({ name: z.string() })).default([]),
});

export const installationTokenSchema = z.object({ token: z.string(), expires_at: z.string() });

export const installationSchema = z.object({
  account: z.object({ login: z.string() }),
  permissions: z.record(z.string(), z.string()),
});
