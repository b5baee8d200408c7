import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';
import { DOMAIN, serviceUrl } from '../config-values.ts';
import { smtpSchema } from '../smtp.ts';

const shared = {
  domain: z.string().regex(DOMAIN, 'a domain such as example.com').toLowerCase(),
  tenant_id: z.guid(),
  /** Of the app registration ("Application (client) ID"). */
  client_id: z.guid(),
  client_secret: z.instanceof(Secret),
  /** With graph the app finds the mail by itself, from headers alone; with none people do. */
  read: z.enum(['graph', 'none']).default('graph'),
  smtp: smtpSchema,
  login_url: serviceUrl('https://login.microsoftonline.com'),
  graph_url: serviceUrl('https://graph.microsoft.com'),
  timeout_ms: z.int().min(100).max(120_000).default(20_000),
};

export const microsoftSchema = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('shared'), ...shared }),
  z.strictObject({
    mode: z.literal('user'),
    /** Part number of a product with Exchange, as Microsoft lists it. */
    license: z.string().regex(/^[A-Za-z0-9_]+$/, 'a part number such as EXCHANGESTANDARD'),
    /** Two letters; Microsoft gives no licence without a country. */
    usage_location: z.string().regex(/^[A-Z]{2}$/, 'a country code such as DE'),
    ...shared,
  }),
]);

export type MicrosoftConfig = z.output<typeof microsoftSchema>;
export type MicrosoftUserConfig = Extract<MicrosoftConfig, { mode: 'user' }>;

export const microsoftExample = [
  'type: microsoft-365',
  'mode: user',
  'domain: example.com',
  'tenant_id: 11111111-2222-4333-8444-555555555555',
  'client_id: 66666666-7777-4888-9999-000000000000',
  'client_secret: env:MICROSOFT_CLIENT_SECRET',
  'license: EXCHANGESTANDARD',
  'usage_location: DE',
  'smtp:',
  '  host: smtp.example.com',
  '  port: 465',
  '  secure: true',
  '  user: flow-bot@example.com',
  '  password: env:SMTP_PASSWORD',
  '  from: flow-bot@example.com',
].join('\n');

/** What an app token says about itself; the permissions that were consented to. */
export const claimsSchema = z.object({ roles: z.array(z.string()).default([]) });

export const errorSchema = z.object({
  error: z.object({
    code: z.string(),
    details: z.array(z.object({ code: z.string().default('') })).default([]),
  }),
});

export const userSchema = z.object({
  id: z.string(),
  userPrincipalName: z.string(),
  displayName: z.string().nullish(),
  mail: z.string().nullish(),
  employeeId: z.string().nullish(),
  accountEnabled: z.boolean().nullish(),
  assignedLicenses: z.array(z.object({ skuId: z.string() })).default([]),
  provisionedPlans: z
    .array(
      z.object({
        service: z.string().nullish(),
        capabilityStatus: z.string().nullish(),
        provisioningStatus: z.string().nullish(),
      }),
    )
    .default([]),
});

export const usersSchema = z.object({ value: z.array(userSchema) });

export const skusSchema = z.object({
  value: z.array(
    z.object({
      skuId: z.string(),
      skuPartNumber: z.string(),
      consumedUnits: z.number(),
      prepaidUnits: z.object({ enabled: z.number() }),
    }),
  ),
});

export const messagesSchema = z.object({
  value: z.array(
    z.object({
      receivedDateTime: z.iso.datetime(),
      internetMessageHeaders: z
        .array(z.object({ name: z.string(), value: z.string() }))
        .default([]),
    }),
  ),
});
