import { z } from 'zod';

import { smtpSchema } from '../smtp.ts';

const ADDRESS = /^[^@\s{}]*\{local\}[^@\s{}]*@[^@\s{}]+\.[^@\s{}]+$/;

export const humanSchema = z.strictObject({
  /** Where `{local}` stands, the local part goes. */
  address: z.string().regex(ADDRESS, 'an address with {local} before the @').toLowerCase(),
  /** Told to the mail admin in the task: "Aliases are made in the mail console." */
  hint: z.string().max(500).optional(),
  /** Opens where the mail admin makes addresses. */
  admin_url: z.url({ protocol: /^https$/ }).optional(),
  smtp: smtpSchema,
  timeout_ms: z.int().min(100).max(120_000).default(20_000),
});

export type HumanConfig = z.output<typeof humanSchema>;

export const humanExample = [
  'type: human',
  "address: '{local}@example.com'",
  'hint: Make it as an alias of the platform team group.',
  'smtp:',
  '  host: smtp.example.com',
  '  port: 465',
  '  secure: true',
  '  user: flow-bot@example.com',
  '  password: env:SMTP_PASSWORD',
  '  from: flow-bot@example.com',
].join('\n');
