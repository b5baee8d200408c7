import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';

export const configSchema = z.strictObject({
  base_url: z.url().default('https://gitlab.com'),
  token: z.instanceof(Secret),
  /** Groups and projects by path, such as `acme/*`. */
  targets: z.array(z.string().min(1)).min(1),
  /** Environment scopes that may be chosen; `*` as a scope stands for all environments. */
  environments: z.array(z.string().min(1)).min(1).default(['*']),
  /** Only jobs on protected branches and tags get the value. */
  protected: z.boolean().default(true),
  /** Nobody can read the value in GitLab again; GitLab 17.4 and later. */
  hidden: z.boolean().default(true),
  timeout_ms: z.number().int().min(50).max(120_000).default(15_000),
});

export type GitlabCiConfig = z.infer<typeof configSchema>;

/** The value is left out on purpose: GitLab would show it when the variable is not hidden. */
export const variableSchema = z.object({
  key: z.string(),
  protected: z.boolean(),
  masked: z.boolean(),
  /** Left out before GitLab 17.4. */
  hidden: z.boolean().optional(),
  environment_scope: z.string().default('*'),
  description: z.string().nullish(),
});

export type Variable = z.infer<typeof variableSchema>;

export const projectsSchema = z.array(z.object({ path_with_namespace: z.string() }));

export const groupsSchema = z.array(z.object({ full_path: z.string() }));

export const tokenSchema = z.object({
  scopes: z.array(z.string()),
  expires_at: z.string().nullable(),
});

export const metadataSchema = z.object({ version: z.string() });
