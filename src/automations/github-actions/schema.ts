import { z } from 'zod';

import { githubAuthSchema } from '../../lib/github-app.ts';

const keys = z.strictObject({
  base_url: z.url().default('https://api.github.com'),
  web_url: z.url().default('https://github.com'),
  org: z.string().regex(/^[a-z\d](?:[a-z\d-]{0,37}[a-z\d])?$/i),
  auth: githubAuthSchema,
  /** Repositories such as `acme/*`; the whole organisation only when `org` is listed. */
  targets: z.array(z.string().min(1)).min(1),
  /** Which repositories may use a secret of the organisation. */
  org_visibility: z.enum(['private', 'all', 'selected']).default('private'),
  /** With `selected`: those repositories, such as `acme/web`. */
  org_repositories: z.array(z.string().regex(/^[\w.-]+\/[\w.-]+$/)).default([]),
  timeout_ms: z.number().int().min(50).max(120_000).default(15_000),
});

export const configSchema = keys.refine(
  ({ org_visibility, org_repositories }) =>
    (org_visibility === 'selected') === org_repositories.length > 0,
  {
    path: ['org_repositories'],
    error:
      'org_repositories goes with org_visibility: selected, and only with it; for example org_repositories: ["acme/web"]',
  },
);

export type GitHubActionsConfig = z.infer<typeof configSchema>;

export const publicKeySchema = z.object({ key_id: z.string(), key: z.string() });

export const secretSchema = z.object({
  updated_at: z.string(),
  /** Of the organisation's secrets only. */
  visibility: z.string().optional(),
});
export type SecretView = z.infer<typeof secretSchema>;

export const repositoryIdSchema = z.object({ id: z.number().int() });

export const selectedSchema = z.object({
  repositories: z.array(z.object({ full_name: z.string() })),
});

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
