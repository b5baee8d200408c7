import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';

export const gitlabWikiConfig = z.strictObject({
  base_url: z.url({ protocol: /^https?$/ }).default('https://gitlab.com'),
  token: z.instanceof(Secret),
  /** The project by its path or number. */
  project: z
    .string()
    .regex(/^(?:\d+|[\w.-]+(?:\/[\w.-]+)+)$/, 'a project such as "acme/docs" or its number'),
  /** Pages go below this one. */
  folder: z
    .string()
    .regex(/^[\w-]+(?:\/[\w-]+)*$/, 'a folder such as "flow-service-accounts"')
    .default('flow-service-accounts'),
  timeout_ms: z.number().int().min(50).max(120_000).default(15_000),
});

export type GitLabWikiConfig = z.output<typeof gitlabWikiConfig>;

export const wikiPageSchema = z.object({ slug: z.string(), content: z.string() });

const level = z.object({ access_level: z.number() }).nullable();

export const projectSchema = z.object({
  web_url: z.string(),
  wiki_access_level: z.enum(['disabled', 'private', 'enabled', 'public']).optional(),
  permissions: z.object({ project_access: level, group_access: level }).optional(),
});
