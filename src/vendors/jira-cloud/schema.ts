import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';

const perAccess = <T extends z.ZodType>(value: T) =>
  z.strictObject({ contributor: value, owner: value });

export const configSchema = z.strictObject({
  base_url: z.url().transform((url) => url.replace(/\/+$/, '')),
  /** An organisation administrator's address and API token; used for administration only. */
  email: z.email(),
  api_token: z.instanceof(Secret),
  /** Names of the groups that give access to Jira, per kind of access. */
  groups: perAccess(z.array(z.string().min(1)).min(1)),
  /** The project role that gives Browse projects and Create issues in the chosen projects. */
  project_roles: perAccess(z.string().min(1)).default({
    contributor: 'Member',
    owner: 'Administrators',
  }),
  timeout_ms: z.number().int().positive().optional(),
});

export type JiraConfig = z.infer<typeof configSchema>;

/** Privacy settings may hide the address, so it is never the only proof. */
export const userSchema = z.object({
  accountId: z.string().min(1),
  active: z.boolean(),
  displayName: z.string().optional(),
  emailAddress: z.string().optional(),
});
export type JiraUser = z.infer<typeof userSchema>;

export const groupSchema = z.object({ groupId: z.string().nullish(), name: z.string() });
export const foundGroupsSchema = z.object({ groups: z.array(groupSchema) });

/** Role name to the role's own address, which ends in its id. */
export const projectRolesSchema = z.record(z.string(), z.string());

export const roleSchema = z.object({
  actors: z
    .array(z.object({ actorUser: z.object({ accountId: z.string().optional() }).optional() }))
    .default([]),
});

export const markSchema = z.object({ value: z.object({ marker: z.string() }) });

export const permissionsSchema = z.object({
  permissions: z.record(z.string(), z.object({ havePermission: z.boolean() })),
});

export const projectSchema = z.object({ id: z.string(), key: z.string(), name: z.string() });
export type JiraProject = z.infer<typeof projectSchema>;

export const projectPageSchema = z.object({
  values: z.array(projectSchema),
  total: z.number(),
});
