import { z } from 'zod';

import { githubAuthSchema } from '../../lib/github-app.ts';

export const configSchema = z.strictObject({
  base_url: z.url().default('https://api.github.com'),
  web_url: z.url().default('https://github.com'),
  /** The organisation's login, as in github.com/acme. */
  org: z.string().regex(/^[a-z\d](?:[a-z\d-]{0,37}[a-z\d])?$/i),
  auth: githubAuthSchema,
  timeout_ms: z.number().int().min(50).max(120_000).default(15_000),
});

export type GitHubConfig = z.infer<typeof configSchema>;

export const invitationSchema = z.object({ id: z.number() });

export const failedInvitationSchema = z.object({
  login: z.string().nullable(),
  failed_at: z.string().nullish(),
  failed_reason: z.string().nullish(),
});

export type FailedInvitation = z.infer<typeof failedInvitationSchema>;
