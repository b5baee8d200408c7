import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';

export const configSchema = z.strictObject({
  /** With the collection: `https://devops.acme.example/DefaultCollection`. */
  collection_url: z.url().transform((url) => url.replace(/\/+$/, '')),
  /** Our own personal access token; it only reads. */
  token: z.instanceof(Secret),
  /** 7.1 for Azure DevOps Server 2022.1 and newer, 7.0 for 2022, 6.0 for 2020. */
  api_version: z
    .string()
    .regex(/^\d+\.\d+$/)
    .default('7.1'),
  timeout_ms: z.number().int().positive().optional(),
});

export type ServerConfig = z.infer<typeof configSchema>;

export const selfSchema = z.object({
  authenticatedUser: z.object({
    id: z.string().min(1),
    providerDisplayName: z.string().optional(),
  }),
});
export type Self = z.infer<typeof selfSchema>['authenticatedUser'];

const property = z.object({ $value: z.string() }).optional();

export const identitySchema = z.object({
  id: z.string().min(1),
  descriptor: z.string(),
  providerDisplayName: z.string(),
  isActive: z.boolean(),
  /** Descriptors of the groups it is in, also through other groups. */
  memberOf: z.array(z.string()).nullish(),
  properties: z.object({ Account: property, Domain: property }).optional(),
});
export type Identity = z.infer<typeof identitySchema>;

/** An id that nobody has gives a list with null in it. */
export const identitiesSchema = z.object({ value: z.array(identitySchema.nullable()) });

export const projectSchema = z.object({ id: z.string(), name: z.string() });
export type Project = z.infer<typeof projectSchema>;

export const projectsSchema = z.object({ value: z.array(projectSchema) });

export const listSchema = z.object({ value: z.array(z.unknown()) });
