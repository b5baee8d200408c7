import { ProductError } from '../../domain/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { createHttp, path } from '../../lib/http.ts';
import type { HttpRequest } from '../../lib/http.ts';
import { keptToken } from '../kept-token.ts';
import type { FreshToken, KeptToken } from '../kept-token.ts';
import { SYSTEM } from './failures.ts';
import { token as tokenSchema } from './schema.ts';
import type { AzureConfig } from './schema.ts';

type Order = Omit<HttpRequest<unknown>, 'schema'>;

/** Our access token: by the application's secret, or as the managed identity of this machine. */
export function azureTokens(config: AzureConfig, clock: Clock): KeptToken {
  const { auth } = config;
  const baseUrl = auth.method === 'client' ? auth.login_url : auth.metadata_url;
  const http = createHttp({
    name: 'Microsoft sign-in',
    baseUrl,
    clock,
    timeoutMs: config.timeout_ms,
    explain: ({ status }) => (status < 500 && status !== 429 ? refused() : undefined),
  });
  return keptToken(clock, async (): Promise<FreshToken> => {
    const answer = await http.send({ ...orderOf(config), schema: tokenSchema });
    return { token: answer.access_token, seconds: answer.expires_in };
  });
}

function orderOf({ auth, resource }: AzureConfig): Order {
  if (auth.method === 'managed-identity') {
    // https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
    return {
      method: 'GET',
      path: '/metadata/identity/oauth2/token',
      query: { 'api-version': '2018-02-01', resource, client_id: auth.client_id },
      headers: { metadata: 'true' },
    };
  }
  const grant = {
    grant_type: 'client_credentials',
    client_id: auth.client_id,
    client_secret: auth.client_secret.reveal(),
    scope: `${resource.replace(/\/$/, '')}/.default`,
  };
  const content = new URLSearchParams(grant).toString();
  return {
    method: 'POST',
    path: path`/${auth.tenant_id}/oauth2/v2.0/token`,
    text: { type: 'application/x-www-form-urlencoded', content },
  };
}

function refused(): ProductError {
  return new ProductError('unauthenticated', {
    subject: SYSTEM,
    message:
      'Microsoft does not accept our application or identity. Check `auth`, and that its secret has not expired.',
  });
}
