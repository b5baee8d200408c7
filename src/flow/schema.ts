import { z } from 'zod';

import { Secret } from '../domain/secret.ts';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];
// One DNS label, so that the key can not be sent to a look-alike such as evil.com/.appfireflow.com.
const WORKSPACE_HOST = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.appfireflow\.com$/;

const guidedInvite = z.strictObject({ mode: z.literal('guided') });

const apiInvite = z.strictObject({
  mode: z.literal('api'),
  path: z
    .string()
    .regex(/^\/[\w/-]+\/$/, 'a path that begins and ends with a slash')
    .default('/v3/customer/core/org_invites/'),
  /** `{email}` and `{role}` are filled in wherever they stand in a text. */
  body: z.record(z.string(), z.json()),
});

export const flowSchema = z
  .strictObject({
    base_url: z.string(),
    own_host: z.boolean().default(false),
    api_key: z.instanceof(Secret),
    invite: z.discriminatedUnion('mode', [guidedInvite, apiInvite]).default({ mode: 'guided' }),
    /** Flow's words for a vendor where they differ from ours; `doctor` lists the words it saw. */
    vendor_types: z.record(z.string(), z.array(z.string()).nonempty()).default({}),
    timeout_ms: z.int().min(100).max(120_000).default(15_000),
  })
  .superRefine((config, context) => {
    const message = explainBaseUrl(config.base_url, config.own_host);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['base_url'], message });
  });

export type FlowConfig = z.output<typeof flowSchema>;

export const flowExample = [
  'base_url: https://acme.appfireflow.com',
  'api_key: env:FLOW_API_KEY',
  'invite:',
  '  mode: guided',
].join('\n');

const id = z.union([z.string(), z.number()]).transform(String);
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);

/** The envelope of Django REST Framework; `next` only tells that there is more, it is not followed. */
export function pageSchema<T>(item: z.ZodType<T>) {
  return z.object({ next: z.string().nullable(), results: z.array(item) });
}

export const userSchema = z.object({
  id,
  email: text,
  has_login: flag,
  pending_invitation: flag,
  hidden_from_reports: flag,
});

export const integrationSchema = z.object({
  id,
  name: text,
  vendor_type: text,
  username: text,
  enabled_source_types: z
    .array(z.string())
    .nullish()
    .transform((value) => value ?? []),
});

export const repoSchema = z.object({
  id,
  name: text,
  integration_id: id.nullish(),
  blocked: flag,
  fetches_failing_since: text,
});

export const anyRecord = z.object({ id });

function explainBaseUrl(text: string, ownHost: boolean): string | undefined {
  if (!URL.canParse(text)) return 'not a URL; one looks like https://acme.appfireflow.com';
  const url = new URL(text);
  const loopback = LOOPBACK.includes(url.hostname);
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '') {
    return 'give only scheme and host, as in https://acme.appfireflow.com';
  }
  if (loopback && url.protocol === 'http:') return undefined;
  if (url.protocol !== 'https:') return 'use https: the API key travels with every request';
  if (ownHost || (WORKSPACE_HOST.test(url.hostname) && url.port === '')) return undefined;
  return 'not a workspace of appfireflow.com; for a Flow server of your own set own_host: true';
}
