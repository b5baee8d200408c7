import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';

const httpUrl = () => z.url({ protocol: /^https?$/ });
const guid = (what: string) =>
  z.guid(`must be ${what} such as 11111111-2222-3333-4444-555555555555`);

export const azureConfig = z.strictObject({
  vault_url: httpUrl(),
  auth: z.discriminatedUnion('method', [
    z.strictObject({
      method: z.literal('client'),
      tenant_id: guid('a tenant id'),
      client_id: guid('an application id'),
      client_secret: z.instanceof(Secret),
      login_url: httpUrl().default('https://login.microsoftonline.com'),
    }),
    z.strictObject({
      method: z.literal('managed-identity'),
      /** Only where a machine has several identities. */
      client_id: guid('a client id').optional(),
      metadata_url: httpUrl().default('http://169.254.169.254'),
    }),
  ]),
  /** What our token is for; the clouds of governments and of China have others. */
  resource: httpUrl().default('https://vault.azure.net'),
  /** Link for people, with `{name}` and `{vault}`, the vault's address. */
  link: httpUrl().default(
    'https://portal.azure.com/#asset/Microsoft_Azure_KeyVault/Secret/{vault}/secrets/{name}',
  ),
  timeout_ms: z.number().int().min(100).max(120_000).default(10_000),
});

export type AzureConfig = z.output<typeof azureConfig>;

const secretText = z.string().transform((value) => new Secret(value));

export const token = z.object({
  access_token: secretText,
  /** Seconds; the metadata service writes them as a text. */
  expires_in: z.coerce.number(),
});

export const failure = z.object({
  error: z.object({
    code: z.string(),
    innererror: z.object({ code: z.string() }).nullish(),
  }),
});

const bundle = z.object({
  id: z.string(),
  tags: z.record(z.string(), z.string()).optional(),
});

export const written = bundle;

export const value = bundle.extend({ value: secretText });

/** Whether a deleted secret may be purged depends on its vault: "Recoverable+Purgeable" may. */
export const deleted = bundle.extend({
  attributes: z.object({ recoveryLevel: z.string().default('Purgeable') }),
});
