import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';

export const configSchema = z.strictObject({
  /** The server as people open it, without /api/v3. */
  base_url: z.url(),
  /** The organisation's login. */
  org: z.string().regex(/^[a-z\d](?:[a-z\d-]{0,37}[a-z\d])?$/i),
  /** A classic token of a site administrator who also owns the organisation. */
  auth: z.strictObject({ token: z.instanceof(Secret) }),
  /** Who makes the account's token: the app, by impersonation, or a person signed in as it. */
  token: z.enum(['impersonation', 'by-hand']).default('impersonation'),
  /** People sign in through SAML, LDAP or CAS, so an account must be in that directory first. */
  external_auth: z.boolean().default(false),
  timeout_ms: z.number().int().min(50).max(120_000).default(15_000),
});

export type EnterpriseServerConfig = z.infer<typeof configSchema>;

/** What making a user answers; the login may be another one than we asked for. */
export const createdUserSchema = z.object({ id: z.number(), login: z.string() });

/** Seats are "unlimited", too. */
export const licenceSchema = z.object({ seats_available: z.union([z.string(), z.number()]) });

export const emailsSchema = z.array(z.object({ email: z.string() }));

export const authorizationSchema = z.object({
  id: z.number(),
  token: z.string(),
  expires_at: z.string().nullish(),
});

/** A personal access token as a site administrator sees it: never its value. */
export const listedTokenSchema = z.object({
  id: z.number(),
  token_last_eight: z.string().nullish(),
  hashed_token: z.string().nullish(),
  user: z.object({ id: z.number() }).nullish(),
});

export type ListedToken = z.infer<typeof listedTokenSchema>;
