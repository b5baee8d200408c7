import { ProductError } from '../../domain/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { entraToken } from '../../lib/entra.ts';
import { createHttp } from '../../lib/http.ts';
import { keptToken } from '../../lib/kept-token.ts';
import type { FreshToken, KeptToken } from '../../lib/kept-token.ts';
import { SYSTEM } from './failures.ts';
import { token as tokenSchema } from './schema.ts';
import type { AzureConfig } from './schema.ts';

type ManagedIdentity = Extract<AzureConfig['auth'], { readonly method: 'managed-identity' }>;

/** Our access token: by the application's secret, or as the managed identity of this machine. */
export function azureTokens(config: AzureConfig, clock: Clock): KeptToken {
  const { auth, resource } = config;
  if (auth.method === 'managed-identity') {
    return keptToken(clock, identityToken(auth, config, clock));
  }
  const scope = `${resource.replace(/\/$/, '')}/.default`;
  const options = { clock, timeoutMs: config.timeout_ms, refused };
  return keptToken(clock, entraToken(auth, scope, options));
}

/** https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token */
function identityToken(
  { metadata_url, client_id }: ManagedIdentity,
  { resource, timeout_ms }: AzureConfig,
  clock: Clock,
): () => Promise<FreshToken> {
  const http = createHttp({
    name: 'The metadata service of this machine',
    baseUrl: metadata_url,
    clock,
    timeoutMs: timeout_ms,
    explain: ({ status }) => (status < 500 && status !== 429 ? refused() : undefined),
  });
  return async () => {
    const answer = await http.send({
      method: 'GET',
      path: '/metadata/identity/oauth2/token',
      query: { 'api-version': '2018-02-01', resource, client_id },
      headers: { metadata: 'true' },
      schema: tokenSchema,
    });
    return { token: answer.access_token, seconds: answer.expires_in };
  };
}

function refused(): ProductError {
  return new ProductError('unauthenticated', {
    subject: SYSTEM,
    message:
      'Microsoft does not accept our application or identity. Check `auth`, and that its secret has not expired.',
  });
}
