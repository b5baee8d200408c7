import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';

export const configSchema = z
  .strictObject({
    base_url: z
      .url()
      .default('https://gitlab.com')
      .transform((url) => url.replace(/\/+$/, '')),
    token: z.instanceof(Secret),
    /** Who owns the service accounts: a top-level group, or the whole (self-managed) instance. */
    ownership: z.enum(['group', 'instance']).default('group'),
    group: z.string().min(1).optional(),
    /** Give the service address to GitLab; it may ask for a confirmation by e-mail. */
    send_address: z.boolean().default(true),
    timeout_ms: z.number().int().positive().optional(),
  })
  .refine((config) => config.ownership === 'instance' || config.group !== undefined, {
    path: ['group'],
    message: 'Name the top-level group (its id or path), or set ownership: instance.',
  });

export type GitlabConfig = z.infer<typeof configSchema>;

export const accountSchema = z.object({
  id: z.number(),
  username: z.string(),
  name: z.string(),
  email: z.string().nullish(),
  unconfirmed_email: z.string().nullish(),
});
export type GitlabAccount = z.infer<typeof accountSchema>;

/** The token itself is not here on purpose: see `mintedSchema`. */
export const tokenSchema = z.object({
  id: z.number(),
  name: z.string(),
  scopes: z.array(z.string()),
  user_id: z.number(),
  active: z.boolean(),
  revoked: z.boolean(),
  expires_at: z.string().nullable(),
});
export type GitlabToken = z.infer<typeof tokenSchema>;

export const mintedSchema = z.object({
  id: z.number(),
  expires_at: z.string().nullable(),
  token: z
    .string()
    .min(1)
    .transform((value) => new Secret(value)),
});

export const memberSchema = z.object({ id: z.number(), access_level: z.number() });
export type GitlabMember = z.infer<typeof memberSchema>;

export const groupSchema = z.object({
  id: z.number(),
  full_path: z.string(),
  parent_id: z.number().nullable(),
});
export type GitlabGroup = z.infer<typeof groupSchema>;

export const projectSchema = z.object({ id: z.number(), path_with_namespace: z.string() });
export type GitlabProject = z.infer<typeof projectSchema>;

export const associationsSchema = z.object({
  groups: z.array(z.object({ id: z.number(), parent_id: z.number().nullable(), name: z.string() })),
  projects: z.array(
    z.object({
      id: z.number(),
      path_with_namespace: z.string(),
      namespace: z.object({ id: z.number() }),
    }),
  ),
});
export type Associations = z.infer<typeof associationsSchema>;

/** `is_admin` is only in the answer when it is true of the asker. */
export const selfSchema = z.object({
  id: z.number(),
  username: z.string(),
  is_admin: z.boolean().optional(),
});

export const metadataSchema = z.object({ version: z.string(), enterprise: z.boolean().optional() });

/** A refusal's body: Grape sends `error` with a scope, the services send `message`. */
export const refusalSchema = z.object({
  error: z.string().optional(),
  scope: z.string().optional(),
  message: z.unknown().optional(),
});
