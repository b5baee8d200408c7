import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';
import { ADDRESS, DOMAIN, serviceUrl } from '../config-values.ts';
import { imapSchema } from '../imap.ts';
import { smtpSchema } from '../smtp.ts';

const cloudflareId = () =>
  z.string().regex(/^[0-9a-f]{32}$/, '32 letters and digits, as the overview of the zone shows');

export const cloudflareSchema = z.strictObject({
  /** The zone's domain, or a subdomain of it for which Email Routing is on. */
  domain: z.string().regex(DOMAIN, 'a domain such as svc.example.com').toLowerCase(),
  zone_id: cloudflareId(),
  account_id: cloudflareId(),
  api_token: z.instanceof(Secret),
  /** The mailbox that gets all mail; Cloudflare must have verified it. */
  destination: z.string().regex(ADDRESS, 'an address such as flow-bot@example.com').toLowerCase(),
  smtp: smtpSchema,
  /** Of the destination. Without it the app can not read, and a person enters a short code. */
  imap: imapSchema.optional(),
  api_url: serviceUrl('https://api.cloudflare.com/client/v4'),
  timeout_ms: z.int().min(100).max(120_000).default(20_000),
});

export type CloudflareConfig = z.output<typeof cloudflareSchema>;

export const cloudflareExample = [
  'type: cloudflare-email-routing',
  'domain: svc.example.com',
  'zone_id: 0123456789abcdef0123456789abcdef',
  'account_id: fedcba9876543210fedcba9876543210',
  'api_token: env:CLOUDFLARE_API_TOKEN',
  'destination: flow-bot@example.com',
  'smtp:',
  '  host: smtp.example.com',
  '  port: 465',
  '  secure: true',
  '  user: flow-bot@example.com',
  '  password: env:SMTP_PASSWORD',
  '  from: flow-bot@example.com',
].join('\n');

const page = z.object({ total_pages: z.number().optional() }).nullish();

const rule = z.object({
  id: z.string().optional(),
  // Rules had only a tag before they had an id.
  tag: z.string().optional(),
  name: z.string().default(''),
  enabled: z.boolean().default(true),
  matchers: z
    .array(
      z.object({ type: z.string(), field: z.string().optional(), value: z.string().optional() }),
    )
    .default([]),
  actions: z
    .array(z.object({ type: z.string(), value: z.array(z.string()).default([]) }))
    .default([]),
});

export const rulesSchema = z.object({ result: z.array(rule), result_info: page });

export const addressesSchema = z.object({
  result: z.array(z.object({ email: z.string(), verified: z.string().nullish() })),
  result_info: page,
});

export const settingsSchema = z.object({
  result: z.object({ enabled: z.boolean(), name: z.string(), status: z.string().default('ready') }),
});
