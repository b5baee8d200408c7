import { z } from 'zod';

import type { ProductError } from '../domain/errors.ts';
import { Secret } from '../domain/secret.ts';
import type { Clock } from './clock.ts';
import { createHttp, path } from './http.ts';
import type { FreshToken } from './kept-token.ts';

/** Our own application of Microsoft Entra, as its keys are called in the configuration. */
export interface EntraApplication {
  readonly tenant_id: string;
  readonly client_id: string;
  readonly client_secret: Secret;
  readonly login_url: string;
}

export interface EntraOptions {
  readonly clock: Clock;
  readonly timeoutMs?: number | undefined;
  /** What to say when Microsoft does not accept the application; it words that in its own terms. */
  readonly refused: () => ProductError;
}

const issuedSchema = z.object({
  access_token: z.string().transform((value) => new Secret(value)),
  expires_in: z.number().positive(),
});

/** Asks anew each time; wrap it in `keptToken`. `scope` is what for: `https://vault.azure.net/.default`. */
export function entraToken(
  { tenant_id, client_id, client_secret, login_url }: EntraApplication,
  scope: string,
  { clock, timeoutMs, refused }: EntraOptions,
): () => Promise<FreshToken> {
  const http = createHttp({
    name: 'Microsoft sign-in',
    baseUrl: login_url,
    clock,
    explain: ({ status }) => (status < 500 && status !== 429 ? refused() : undefined),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  return async () => {
    const grant = {
      grant_type: 'client_credentials',
      client_id,
      client_secret: client_secret.reveal(),
      scope,
    };
    const content = new URLSearchParams(grant).toString();
    const answer = await http.send({
      method: 'POST',
      path: path`/${tenant_id}/oauth2/v2.0/token`,
      text: { type: 'application/x-www-form-urlencoded', content },
      schema: issuedSchema,
    });
    return { token: answer.access_token, seconds: answer.expires_in };
  };
}
