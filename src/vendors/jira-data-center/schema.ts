import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';

const perAccess = <T extends z.ZodType>(value: T) =>
  z.strictObject({ contributor: value, owner: value });

export const configSchema = z.strictObject({
  base_url: z.url().transform((url) => url.replace(/\/+$/, '')),
  /** A personal access token of a Jira administrator; it can do whatever that account can. */
  admin_token: z.instanceof(Secret),
  /** Names of the groups that give access to Jira, per kind of access. */
  groups: perAccess(z.array(z.string().min(1)).min(1)),
  /** The project role that gives Browse projects and Create issues in the chosen projects. */
  project_roles: perAccess(z.string().min(1)),
  /** `by-hand` where Jira takes no passwords over its REST API, as with single sign-on. */
  token: z.enum(['automatic', 'by-hand']).default('automatic'),
  timeout_ms: z.number().int().positive().optional(),
});

export type JiraConfig = z.infer<typeof configSchema>;

export const userSchema = z.object({
  /** Stays when the account is renamed. */
  key: z.string().min(1),
  name: z.string().min(1),
  active: z.boolean(),
  displayName: z.string(),
  emailAddress: z.string().optional(),
});
export type JiraUser = z.infer<typeof userSchema>;

export const membershipsSchema = z.object({
  groups: z.object({ items: z.array(z.object({ name: z.string() })) }),
});

export const foundGroupsSchema = z.object({ groups: z.array(z.object({ name: z.string() })) });

/** Role name to the role's own address, which ends in its id. */
export const projectRolesSchema = z.record(z.string(), z.string());

export const rolesSchema = z.array(z.object({ name: z.string() }));

/** Actors are groups as well as users; only a user's name is its login. */
export const roleSchema = z.object({
  actors: z.array(z.object({ name: z.string(), type: z.string() })).default([]),
});

export const permissionsSchema = z.object({
  permissions: z.record(z.string(), z.object({ havePermission: z.boolean() })),
});

export const projectSchema = z.object({
  id: z.string(),
  key: z.string(),
  name: z.string(),
  projectTypeKey: z.string().optional(),
});
export type JiraProject = z.infer<typeof projectSchema>;

export const serverSchema = z.object({ version: z.string() });

const moment = z
  .union([z.string(), z.number()])
  .transform((value) => new Date(value))
  .refine((date) => !Number.isNaN(date.getTime()));

export const tokenSchema = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  name: z.string(),
  expiringAt: moment.nullish(),
});
export type JiraToken = z.infer<typeof tokenSchema>;

export const mintedSchema = tokenSchema.extend({
  rawToken: z
    .string()
    .min(1)
    .transform((value) => new Secret(value)),
});

/** What Jira and its single sign-on say about a refusal; read for its meaning, never shown. */
export const refusalSchema = z.object({
  message: z.string().optional(),
  errorMessages: z.array(z.string()).optional(),
  errors: z.record(z.string(), z.string()).optional(),
});
