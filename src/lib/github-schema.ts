import { z } from 'zod';

export const userSchema = z.object({
  id: z.number(),
  login: z.string(),
  type: z.string(),
  html_url: z.string(),
  name: z.string().nullish(),
  bio: z.string().nullish(),
  site_admin: z.boolean().optional(),
  suspended_at: z.string().nullish(),
});

export type GitHubUser = z.infer<typeof userSchema>;

export const membershipSchema = z.object({
  state: z.enum(['active', 'pending']),
  role: z.string(),
});

export type Membership = z.infer<typeof membershipSchema>;

export const organisationSchema = z.object({
  /** Only owners see it. */
  default_repository_permission: z.string().nullish(),
  /** Only owners see it, and Apps with a permission of its own. */
  plan: z.object({ seats: z.number().optional(), filled_seats: z.number().optional() }).nullish(),
});

export type Organisation = z.infer<typeof organisationSchema>;

export const repositorySchema = z.object({
  full_name: z.string(),
  private: z.boolean(),
  visibility: z.string().optional(),
});

export type Repository = z.infer<typeof repositorySchema>;

export const foundRepositoriesSchema = z.object({ items: z.array(repositorySchema) });

export const permissionSchema = z.object({ role_name: z.string() });

const levels = z.record(z.string(), z.string()).optional();

/** A fine-grained token's grant, or the request for one; GitHub describes both alike. */
export const grantSchema = z.object({
  id: z.number(),
  owner: z.object({ id: z.number() }),
  repository_selection: z.enum(['none', 'all', 'subset']),
  permissions: z.object({ organization: levels, repository: levels, other: levels }),
  token_name: z.string(),
  token_expired: z.boolean(),
  token_expires_at: z.string().nullable(),
});

export type Grant = z.infer<typeof grantSchema>;
