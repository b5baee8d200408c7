import { isAbsolute } from 'node:path';

import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';

const mountPath = z
  .string()
  .regex(/^[\w.-]+(?:\/[\w.-]+)*$/, 'a mount path such as "secret" or "teams/flow"');

export const vaultConfig = z.strictObject({
  /** Where the API answers, e.g. `https://vault.example.com:8200`. */
  address: z.url({ protocol: /^https?$/ }),
  /** Enterprise, HCP and OpenBao namespaces; leave out for the root namespace. */
  namespace: z.string().min(1).optional(),
  /** The KV version 2 mount. */
  mount: mountPath.default('secret'),
  auth: z.discriminatedUnion('method', [
    z.strictObject({
      method: z.literal('approle'),
      role_id: z.string().min(1),
      secret_id: z.instanceof(Secret),
      mount: mountPath.default('approle'),
    }),
    z.strictObject({
      method: z.literal('jwt'),
      role: z.string().min(1),
      /** Read at each sign-in: Kubernetes and others replace the token in it every hour. */
      jwt_file: z.string().refine(isAbsolute, 'must be an absolute path'),
      /** Also `kubernetes`: its sign-in takes the same. */
      mount: mountPath.default('jwt'),
    }),
    z.strictObject({ method: z.literal('token'), token: z.instanceof(Secret) }),
  ]),
  /**
   * Link for people, with `{mount}` and `{name}`. The default fits Vault 1.15 to 1.21; OpenBao and
   * older Vaults want `/ui/vault/secrets/{mount}/show/{name}`, Vault 2
   * `/ui/vault/secrets-engines/{mount}/kv/{name}`.
   */
  ui_link: z.url({ protocol: /^https?$/ }).optional(),
  timeout_ms: z.number().int().min(100).max(120_000).default(10_000),
});

export type VaultConfig = z.output<typeof vaultConfig>;

export const failure = z.object({ errors: z.array(z.string()) });

export const login = z.object({
  auth: z.object({
    client_token: z.string().transform((value) => new Secret(value)),
    /** Seconds; 0 never ends. */
    lease_duration: z.number(),
  }),
});

const versionState = z.object({ deletion_time: z.string(), destroyed: z.boolean() });

export const written = z.object({ data: z.object({ version: z.number() }) });

export const value = z.object({
  data: z.object({
    data: z.looseObject({
      value: z
        .string()
        .transform((text) => new Secret(text))
        .optional(),
    }),
    metadata: versionState.extend({ version: z.number() }),
  }),
});

/** The 404 of a version that was deleted by hand but can be restored, or was destroyed. */
export const deletedValue = z.object({
  data: z.object({ data: z.null(), metadata: versionState.extend({ version: z.number() }) }),
});

export const metadata = z.object({
  data: z.object({
    current_version: z.number(),
    custom_metadata: z.record(z.string(), z.string()).nullable(),
    versions: z.record(z.string(), versionState),
  }),
});

export const health = z.object({
  initialized: z.boolean(),
  sealed: z.boolean(),
  version: z.string(),
});

/** Settings of the whole mount; keys may be stricter, never looser. */
export const mountConfig = z.object({
  data: z.object({ cas_required: z.boolean(), delete_version_after: z.string() }),
});

export const wrapped = z.object({
  wrap_info: z.object({
    token: z.string().transform((value) => new Secret(value)),
    /** Seconds. */
    ttl: z.number(),
    /** What was asked for; the recipient compares it. */
    creation_path: z.string(),
  }),
});

export const mountInfo = z.object({
  data: z.object({
    type: z.string(),
    options: z.object({ version: z.string().optional() }).nullable(),
  }),
});

export const capabilities = z.object({ data: z.record(z.string(), z.array(z.string())) });

export const tokenInfo = z.object({
  data: z.object({
    policies: z.array(z.string()).nullable(),
    /** When it ends for good; null when it does not. */
    expire_time: z.string().nullable(),
  }),
});
