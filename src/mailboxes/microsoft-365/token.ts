import { ProductError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { AdapterDeps } from '../../lib/adapter.ts';
import { entraToken } from '../../lib/entra.ts';
import { keptToken } from '../../lib/kept-token.ts';
import { NAME } from './explain.ts';
import { claimsSchema } from './schema.ts';
import type { MicrosoftConfig } from './schema.ts';

export interface MicrosoftToken {
  header(): Promise<string>;
  /** The Graph permissions that were consented to; undefined when the token does not tell. */
  permissions(): Promise<string[] | undefined>;
}

/** Client credentials: the app speaks for itself, with what an administrator consented to. */
export function openToken(config: MicrosoftConfig, { clock }: AdapterDeps): MicrosoftToken {
  const options = { clock, timeoutMs: config.timeout_ms, refused };
  const ask = entraToken(config, `${config.graph_url}/.default`, options);
  const tokens = keptToken(clock, ask);
  return {
    header: async () => `Bearer ${(await tokens.get()).reveal()}`,
    // A kept token may be older than the consent that somebody has just given.
    permissions: async () => rolesOf((await ask()).token),
  };
}

/** Graph has no call that tells an app its own permissions without granting it far more. */
function rolesOf(token: Secret): string[] | undefined {
  const [, claims = ''] = token.reveal().split('.');
  try {
    const parsed: unknown = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8'));
    return claimsSchema.safeParse(parsed).data?.roles;
  } catch {
    return undefined;
  }
}

function refused(): ProductError {
  return new ProductError('unauthenticated', {
    subject: NAME,
    message:
      'Microsoft does not accept our app registration. Look at tenant_id, client_id and client_secret; secrets of app registrations run out.',
  });
}
