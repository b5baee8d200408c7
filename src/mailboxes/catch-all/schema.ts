import { z } from 'zod';

import { DOMAIN } from '../config-values.ts';
import { imapSchema } from '../imap.ts';
import { smtpSchema } from '../smtp.ts';

const BASE = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/i;

export const catchAllSchema = z
  .strictObject({
    domain: z.string().regex(DOMAIN, 'a domain such as svc.example.com').toLowerCase(),
    style: z.enum(['catch-all', 'plus']).default('catch-all'),
    /** The mailbox whose plus addresses are used: `base: bot` gives bot+flow@domain. */
    base: z.string().regex(BASE, 'the part of an address before the @').toLowerCase().optional(),
    smtp: smtpSchema,
    /** Without it the app can not read, and a person enters a short code from the mail. */
    imap: imapSchema.optional(),
    timeout_ms: z.int().min(100).max(120_000).default(20_000),
  })
  .superRefine((config, context) => {
    if ((config.style === 'plus') === (config.base !== undefined)) return;
    const message = 'base is the mailbox of style plus; it is needed there and only there';
    context.addIssue({ code: 'custom', path: ['base'], message });
  });

export type CatchAllConfig = z.output<typeof catchAllSchema>;

export const catchAllExample = [
  'type: catch-all',
  'domain: svc.example.com',
  'style: catch-all',
  'smtp:',
  '  host: smtp.example.com',
  '  port: 465',
  '  secure: true',
  '  user: flow-bot@example.com',
  '  password: env:SMTP_PASSWORD',
  '  from: flow-bot@example.com',
  'imap:',
  '  host: imap.example.com',
  '  port: 993',
  '  secure: true',
  '  user: flow-bot@example.com',
  '  password: env:IMAP_PASSWORD',
  '  authserv_id: mx.example.com',
  '  webmail_url: https://mail.example.com/',
].join('\n');
