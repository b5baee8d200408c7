import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';

const perAccess = <T extends z.ZodType>(value: T) =>
  z.strictObject({ contributor: value, owner: value });

const address = z.url().transform((url) => url.replace(/\/+$/, ''));

export const configSchema = z
  .strictObject({
    base_url: address,
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
    /** Lets the app see and revoke the tokens of managed accounts, and use service accounts. */
    organisation: z
      .strictObject({
        id: z.string().min(1),
        api_key: z.instanceof(Secret),
        /** The site's own id, as https://<site>/_edge/tenant_info shows it; for service accounts. */
        cloud_id: z
          .string()
          .regex(/^[\da-f-]{36}$/i)
          .optional(),
        base_url: address.default('https://api.atlassian.com'),
      })
      .optional(),
    /** Ordinary accounts that are invited by mail, or Atlassian’s service accounts. */
    accounts: z.enum(['invited', 'service']).default('invited'),
    timeout_ms: z.number().int().positive().optional(),
  })
  .refine(
    ({ accounts, organisation }) => accounts === 'invited' || organisation?.cloud_id !== undefined,
    {
      path: ['organisation', 'cloud_id'],
      error:
        '“accounts: service” needs the organisation with the site’s cloud_id, such as 11223344-a1b2-4c3d-8e4f-5a6b7c8d9e0f',
    },
  );

export type JiraConfig = z.infer<typeof configSchema>;
export type OrganisationConfig = NonNullable<JiraConfig['organisation']>;

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

/** https://developer.atlassian.com/cloud/admin/api-access/rest/api-group-service-account/ */
export const serviceAccountSchema = z.object({
  id: z.string().min(1),
  atlassianId: z.string().min(1),
  email: z.string().min(1),
  description: z.string().nullish(),
});
export type ServiceAccount = z.infer<typeof serviceAccountSchema>;

export const serviceAccountsSchema = z.object({
  items: z.array(serviceAccountSchema),
  links: z.object({ next: z.string().nullish() }).nullish(),
});

export const tenantSchema = z.object({ cloudId: z.string().min(1) });
