import { z } from 'zod';

import { Secret } from '../domain/secret.ts';
import { OPERATIONS } from '../domain/operation.ts';
import { KINDS } from '../domain/request.ts';
import { duration } from './duration.ts';

const secret = z.instanceof(Secret, {
  error: 'must be a reference to a secret, never the secret itself',
});
const user = z.string().regex(/^[UW][A-Z0-9]{2,}$/, 'must be a Slack user id');
const group = z.string().regex(/^S[A-Z0-9]{2,}$/, 'must be a Slack user group id');
const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and dashes');
const url = z.url({ protocol: /^https?$/, error: 'must be a URL' });

const people = z.strictObject({
  users: z.array(user).default([]),
  groups: z.array(group).default([]),
});
const nobody = { users: [], groups: [] };

const slack = z.strictObject({
  bot_token: secret.optional(),
  app_token: secret.optional(),
  signing_secret: secret.optional(),
  api_url: url.optional(),
  approvals_channel: z
    .string()
    .regex(/^[CG][A-Z0-9]{2,}$/, 'must be a Slack channel id')
    .optional(),
  blocks: z.enum(['plan', 'plain']).default('plan'),
});

const rule = z.strictObject({
  name: z.string().min(1),
  kinds: z.array(z.enum(KINDS)).default([]),
  operations: z.array(z.enum(OPERATIONS)).default([]),
  owner_may: z.array(z.enum(OPERATIONS)).default(['rotate']),
  connections: z.array(z.string()).default([]),
  approvers: people.default(nobody),
  needed: z.number().int().min(1).max(10).default(1),
  self_approval: z.boolean().default(false),
  break_glass: z.boolean().default(false),
  auto_approve: people.default(nobody),
  expires_after: duration().default(72 * 3_600_000),
  remind_every: duration().default(24 * 3_600_000),
  escalate_after: duration().optional(),
  escalate_to: people.default(nobody),
});

const policy = z.strictObject({
  requesters: people.default(nobody),
  rules: z.array(rule).min(1),
});

const operator = z.strictObject({
  protection: z.enum(['loopback', 'slack']).default('loopback'),
  client_id: z
    .string()
    .regex(/^\d+\.\d+$/, "must be the Slack app's client id")
    .optional(),
  client_secret: secret.optional(),
  metrics_token: secret.optional(),
});

const DAY_MS = 86_400_000;

/** How accounts are looked after. */
const accounts = z.strictObject({
  check_every: duration().default(DAY_MS),
  rotation_grace: duration().default(DAY_MS),
  review_every: duration().default(91 * DAY_MS),
  answer_within: duration().default(7 * DAY_MS),
  rotate_automatically: z.boolean().default(false),
  silent_review: z.enum(['keep', 'close']).default('keep'),
  keep_mailboxes: z.boolean().default(false),
  destroy_secrets_after: duration().default(30 * DAY_MS),
});

/** Slices of adapters are checked by their own schemas; here only what all of them share. */
const connection = z.looseObject({
  id,
  name: z.string().min(1).max(60),
  vendor: z.string(),
  admin: user.optional(),
});
const automation = z.looseObject({ id, name: z.string().min(1).max(60), type: z.string() });
const typed = z.looseObject({ type: z.string() });

/** The whole file. Secrets have been resolved before it gets here. */
export const configSchema = z.strictObject({
  slack: slack.optional(),
  flow: z.looseObject({}),
  listen: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: z.number().int().min(0).max(65_535).default(3000),
    })
    .default({ host: '127.0.0.1', port: 3000 }),
  public_url: url.optional(),
  /** A TLS proxy in front rewrites Host and vouches for X-Forwarded-*. */
  trust_proxy: z.boolean().default(false),
  data_dir: z.string().default('data'),
  database_url: secret.optional(),
  redis_url: secret.optional(),
  log_level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  concurrency: z.number().int().min(1).max(50).default(4),
  mailboxes: typed,
  store: typed,
  knowledge: typed,
  connections: z.array(connection).min(1),
  automations: z.array(automation).default([]),
  people: z
    .strictObject({
      mail_admin: user.optional(),
      flow_admin: user.optional(),
      store_admin: user.optional(),
    })
    .default({}),
  policy,
  accounts: accounts.prefault({}),
  admins: people.default(nobody),
  operator: operator.optional(),
});

export type RawConfig = z.output<typeof configSchema>;

/** A valid example for each key that a person is likely to get wrong. */
export const EXAMPLES: Readonly<Record<string, string>> = {
  slack:
    'slack:\n  bot_token: env:SLACK_BOT_TOKEN\n  app_token: env:SLACK_APP_TOKEN\n  approvals_channel: C0123456789',
  'slack.bot_token': 'env:SLACK_BOT_TOKEN',
  'slack.app_token': 'env:SLACK_APP_TOKEN',
  'slack.signing_secret': 'env:SLACK_SIGNING_SECRET',
  'slack.api_url': 'https://slack.com/api/',
  'slack.approvals_channel': 'C0123456789',
  'slack.blocks': 'plan',
  'listen.host': '127.0.0.1',
  'listen.port': '3000',
  public_url: 'https://flow-accounts.example.com',
  trust_proxy: 'true',
  data_dir: 'data',
  database_url: 'env:DATABASE_URL',
  redis_url: 'env:REDIS_URL',
  log_level: 'info',
  concurrency: '4',
  connections: '- id: gitlab\n  name: GitLab\n  vendor: gitlab\n  …',
  'connections[].id': 'gitlab-main',
  'connections[].name': 'GitLab',
  'connections[].admin': 'U0123456789',
  'automations[].id': 'gitlab-ci',
  'people.mail_admin': 'U0123456789',
  'people.flow_admin': 'U0123456789',
  'people.store_admin': 'U0123456789',
  admins: '{ users: [U0123456789] }',
  operator: 'operator:\n  protection: loopback',
  'operator.protection': 'loopback',
  'operator.client_id': '"1234567890.1234567890"',
  'operator.client_secret': 'env:SLACK_CLIENT_SECRET',
  'operator.metrics_token': 'env:METRICS_TOKEN',
  accounts: 'accounts:\n  check_every: 24h\n  rotation_grace: 24h',
  'accounts.check_every': '24h',
  'accounts.rotation_grace': '24h',
  'accounts.review_every': '91d',
  'accounts.answer_within': '7d',
  'accounts.rotate_automatically': 'true',
  'accounts.silent_review': 'close',
  'accounts.keep_mailboxes': 'true',
  'accounts.destroy_secrets_after': '30d',
  'policy.rules[].operations': '[create, rotate, close]',
  'policy.rules[].owner_may': '[rotate]',
  policy: 'policy:\n  rules:\n    - name: everything\n      approvers: { groups: [S0123456789] }',
  'policy.rules': '- name: everything\n  approvers: { groups: [S0123456789] }',
  'policy.rules[].name': 'everything',
  'policy.rules[].approvers': '{ users: [U0123456789], groups: [S0123456789] }',
  'policy.rules[].needed': '2',
  'policy.rules[].break_glass': 'true',
  'policy.rules[].expires_after': '72h',
  'policy.rules[].remind_every': '24h',
  'policy.rules[].escalate_after': '48h',
};
