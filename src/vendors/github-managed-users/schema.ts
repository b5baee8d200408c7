import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';
import { githubAuthSchema } from '../../lib/github-app.ts';

const login = z.string().regex(/^[a-z\d](?:[a-z\d-]{0,37}[a-z\d])?$/i);

export const configSchema = z.strictObject({
  base_url: z.url().default('https://api.github.com'),
  web_url: z.url().default('https://github.com'),
  /** The enterprise's slug, as in github.com/enterprises/acme. */
  enterprise: z.string().regex(/^[a-z\d](?:[a-z\d-]*[a-z\d])?$/i),
  /** What every username of the enterprise ends in, after the underscore. */
  short_code: z.string().regex(/^[a-z\d]{2,8}$/i),
  /** The organisation's login. */
  org: login,
  /** For the organisation: a GitHub App, or the token of an owner. */
  auth: githubAuthSchema,
  /** The setup user's token where the app makes users; `idp` where an identity provider does. */
  scim: z.union([z.strictObject({ token: z.instanceof(Secret) }), z.literal('idp')]),
  timeout_ms: z.number().int().min(50).max(120_000).default(15_000),
});

export type ManagedUsersConfig = z.infer<typeof configSchema>;

export const scimUserSchema = z.object({
  id: z.string(),
  externalId: z.string().nullish(),
  userName: z.string(),
  active: z.boolean(),
});

export type ScimUser = z.infer<typeof scimUserSchema>;

export const scimListSchema = z.object({ Resources: z.array(scimUserSchema) });
