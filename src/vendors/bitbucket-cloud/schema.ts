import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';

const address = (fallback: string) =>
  z
    .url()
    .default(fallback)
    .transform((url) => url.replace(/\/+$/, ''));

export const configSchema = z.strictObject({
  /** The workspace's id, as it stands in its URL. */
  workspace: z.string().regex(/^[\w-]+$/),
  /** A workspace administrator's address and API token; used for administration only. */
  email: z.email(),
  api_token: z.instanceof(Secret),
  /** Lets the app invite and remove; without it a person does both. */
  organisation: z
    .strictObject({
      id: z.string().min(1),
      api_key: z.instanceof(Secret),
      /** What an invitation calls the workspace, where that is not its uuid. */
      resource: z.string().startsWith('ari:cloud:bitbucket::').optional(),
      base_url: address('https://api.atlassian.com'),
    })
    .optional(),
  base_url: address('https://api.bitbucket.org/2.0'),
  timeout_ms: z.number().int().positive().optional(),
});

export type BitbucketConfig = z.infer<typeof configSchema>;
export type OrganisationConfig = NonNullable<BitbucketConfig['organisation']>;

export const userSchema = z.object({
  account_id: z.string().min(1),
  uuid: z.string(),
  display_name: z.string().default(''),
  /** Only there when it was asked for by address. */
  email: z.string().optional(),
});
export type BitbucketUser = z.infer<typeof userSchema>;

export const membershipSchema = z.object({ user: userSchema });

export const workspaceSchema = z.object({ uuid: z.string(), slug: z.string() });

export const accessSchema = z.object({
  administrator: z.boolean(),
  workspace: z.object({ slug: z.string() }),
});

export const permissionSchema = z.object({ permission: z.string() });

export const projectSchema = z.object({ key: z.string(), name: z.string() });
export type BitbucketProject = z.infer<typeof projectSchema>;

export const repositorySchema = z.object({
  uuid: z.string(),
  full_name: z.string(),
  name: z.string(),
  project: z.object({ key: z.string() }),
});
export type BitbucketRepository = z.infer<typeof repositorySchema>;

export const pageSchema = <T extends z.ZodType>(value: T) =>
  z.object({ values: z.array(value), next: z.url().optional() });

/** A 403 about scopes says which ones the call takes and which ones the token has. */
export const scopeRefusalSchema = z.object({
  error: z.object({
    detail: z.object({
      required: z.array(z.string()),
      granted: z.array(z.string()).default([]),
    }),
  }),
});

export const directoryUserSchema = z.object({
  accountId: z.string().min(1),
  email: z.string().optional(),
  name: z.string().optional(),
  /** True once the person has signed up with the address. */
  emailVerified: z.boolean().optional(),
});
export type DirectoryUser = z.infer<typeof directoryUserSchema>;

export const foundUsersSchema = z.object({ data: z.array(directoryUserSchema) });

export const directoriesSchema = z.object({
  data: z.array(z.object({ directoryId: z.string().min(1) })),
});
