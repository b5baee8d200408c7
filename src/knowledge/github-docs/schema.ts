import { z } from 'zod';

import { githubAuthSchema } from '../../lib/github-app.ts';

export const githubDocsConfig = z.strictObject({
  base_url: z.url({ protocol: /^https?$/ }).default('https://api.github.com'),
  /** The repository, as in its link: `acme/docs`. */
  repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'owner and repository such as "acme/docs"'),
  branch: z
    .string()
    .regex(/^[\w./-]+$/, 'a branch such as "main"')
    .default('main'),
  /** Folder of the pages in the repository. */
  path: z
    .string()
    .regex(/^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/, 'a folder such as "docs/accounts"')
    .default('flow-service-accounts'),
  auth: githubAuthSchema,
  timeout_ms: z.number().int().min(50).max(120_000).default(15_000),
});

export type GitHubDocsConfig = z.output<typeof githubDocsConfig>;

export const fileSchema = z.object({
  type: z.literal('file'),
  sha: z.string(),
  /** Base64; empty for more than a megabyte. */
  content: z.string(),
  html_url: z.string(),
});

export const writtenSchema = z.object({
  content: z.object({ sha: z.string(), html_url: z.string() }),
});

export const branchSchema = z.object({
  protected: z.boolean(),
  commit: z.object({ sha: z.string() }),
});

export const rulesSchema = z.array(z.object({ type: z.string() }));

export const pullSchema = z.object({ number: z.number(), html_url: z.string() });

export const repositorySchema = z.object({
  permissions: z.object({ push: z.boolean() }).optional(),
  archived: z.boolean(),
});
