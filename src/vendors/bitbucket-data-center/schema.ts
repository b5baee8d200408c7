import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';

export const configSchema = z.strictObject({
  base_url: z.url().transform((url) => url.replace(/\/+$/, '')),
  /** An administrator's name and password: https://jira.atlassian.com/browse/BSERV-10482. */
  admin_username: z.string().min(1),
  admin_password: z.instanceof(Secret),
  /** `by-hand` where Bitbucket takes no passwords of service accounts over its REST API. */
  token: z.enum(['automatic', 'by-hand']).default('automatic'),
  timeout_ms: z.number().int().positive().optional(),
});

export type BitbucketConfig = z.infer<typeof configSchema>;

export function pageOf<T extends z.ZodType>(value: T) {
  return z.object({
    values: z.array(value),
    isLastPage: z.boolean(),
    nextPageStart: z.number().nullish(),
  });
}

export const userSchema = z.object({
  id: z.number(),
  name: z.string().min(1),
  /** What paths want instead of the name. */
  slug: z.string().min(1),
  displayName: z.string(),
  emailAddress: z.string().nullish(),
  active: z.boolean(),
});
export type BitbucketUser = z.infer<typeof userSchema>;

export const namedSchema = z.object({ name: z.string() });

export const projectSchema = z.object({
  key: z.string(),
  name: z.string(),
  type: z.string().optional(),
});
export type BitbucketProject = z.infer<typeof projectSchema>;

export const repositorySchema = z.object({
  slug: z.string(),
  name: z.string(),
  project: projectSchema.pick({ key: true, type: true }),
});
export type BitbucketRepository = z.infer<typeof repositorySchema>;

/** The value itself is not here on purpose: see `mintedSchema`. */
export const tokenSchema = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  name: z.string(),
  permissions: z.array(z.string()),
  createdDate: z
    .union([z.string(), z.number()])
    .transform((value) => new Date(value))
    .refine((date) => !Number.isNaN(date.getTime())),
  expiryDays: z.number().nullish(),
});
export type BitbucketToken = z.infer<typeof tokenSchema>;

export const mintedSchema = tokenSchema.extend({
  token: z
    .string()
    .min(1)
    .transform((value) => new Secret(value)),
});

export const propertiesSchema = z.object({ version: z.string() });

/** Read for its meaning, never shown. */
export const refusalSchema = z.object({
  errors: z.array(z.object({ message: z.string().nullish(), exceptionName: z.string().nullish() })),
});
export const plainRefusalSchema = z.object({ message: z.string() });
