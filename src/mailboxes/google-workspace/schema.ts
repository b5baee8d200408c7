import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';
import { ADDRESS, DOMAIN, serviceUrl } from '../config-values.ts';
import { smtpSchema } from '../smtp.ts';

const address = () =>
  z.string().regex(ADDRESS, 'an address such as flow-bot@example.com').toLowerCase();

const shared = {
  domain: z.string().regex(DOMAIN, 'a domain such as example.com').toLowerCase(),
  /** The key file of a service account with domain-wide delegation, as Google hands it out. */
  key: z.instanceof(Secret),
  /** The administrator in whose name addresses are made; a custom role with few rights is enough. */
  admin: address(),
  /** With gmail the app finds the mail by itself, from headers alone; with none people do. */
  read: z.enum(['gmail', 'none']).default('gmail'),
  /** How the server that receives mail calls itself in Authentication-Results. */
  authserv_id: z.string().min(1).default('mx.google.com'),
  smtp: smtpSchema,
  token_url: serviceUrl('https://oauth2.googleapis.com/token'),
  directory_url: serviceUrl('https://admin.googleapis.com'),
  settings_url: serviceUrl('https://www.googleapis.com'),
  gmail_url: serviceUrl('https://gmail.googleapis.com'),
  timeout_ms: z.int().min(100).max(120_000).default(20_000),
};

export const googleSchema = z.discriminatedUnion('mode', [
  z.strictObject({
    mode: z.literal('alias'),
    /** A mailbox for nothing else than this; each of its aliases counts as the app's. */
    bot: address(),
    ...shared,
  }),
  z.strictObject({
    mode: z.literal('group'),
    /** Who gets the group's mail; the app reads the mailbox of the first. */
    members: z.array(address()).min(1).max(20),
    ...shared,
  }),
  z.strictObject({
    mode: z.literal('user'),
    /** Where the users go; give that unit a licence with Gmail. */
    org_unit: z.string().startsWith('/').default('/'),
    ...shared,
  }),
]);

export type GoogleConfig = z.output<typeof googleSchema>;
export type GoogleMode<Mode extends GoogleConfig['mode']> = Extract<GoogleConfig, { mode: Mode }>;

export const googleExample = [
  'type: google-workspace',
  'mode: alias',
  'domain: example.com',
  'key: file:secrets/google-key.json',
  'admin: flow-admin@example.com',
  'bot: flow-bot@example.com',
  'smtp:',
  '  host: smtp.gmail.com',
  '  port: 465',
  '  secure: true',
  '  user: flow-bot@example.com',
  '  password: env:SMTP_PASSWORD',
  '  from: flow-bot@example.com',
].join('\n');

export const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.number() });

export const tokenErrorSchema = z.object({ error: z.string() });

export const errorSchema = z.object({
  error: z.object({ errors: z.array(z.object({ reason: z.string() })).default([]) }),
});

export const userSchema = z.object({
  id: z.string(),
  primaryEmail: z.string(),
  isMailboxSetup: z.boolean().default(false),
  suspended: z.boolean().default(false),
  externalIds: z
    .array(z.object({ value: z.string().default(''), customType: z.string().default('') }))
    .default([]),
});

export const aliasesSchema = z.object({
  aliases: z.array(z.object({ alias: z.string() })).default([]),
});

export const groupSchema = z.object({
  id: z.string(),
  email: z.string(),
  description: z.string().default(''),
});

export const membersSchema = z.object({
  members: z
    .array(z.object({ email: z.string().default(''), role: z.string().default('MEMBER') }))
    .default([]),
  nextPageToken: z.string().optional(),
});

export const settingsSchema = z.object({
  whoCanPostMessage: z.string(),
  whoCanViewGroup: z.string(),
  whoCanJoin: z.string(),
  isArchived: z.string(),
  messageModerationLevel: z.string(),
});

export const messagesSchema = z.object({
  messages: z.array(z.object({ id: z.string() })).default([]),
});

export const messageSchema = z.object({
  internalDate: z.string().regex(/^\d+$/),
  payload: z.object({
    headers: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  }),
});
