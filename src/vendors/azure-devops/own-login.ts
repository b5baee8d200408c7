import { z } from 'zod';

import { ProductError } from '../../domain/errors.ts';
import { Secret } from '../../domain/secret.ts';
import { createHttp, path } from '../../lib/http.ts';
import type { VendorDeps } from '../vendor.ts';
import type { AzureConfig } from './schema.ts';

/** The value of an `authorization` header, made anew for each request. */
export type Login = () => Promise<string>;

/** How we sign in: with our own token, or as our own application of Microsoft Entra. */
export function ownLogin(config: AzureConfig, deps: VendorDeps): Login {
  if (config.entra !== undefined) return applicationLogin(config.entra, config, deps);
  const { token } = config;
  if (token !== undefined) return tokenLogin(token);
  throw new ProductError('invalid-config', {
    subject: deps.connectionName,
    message: 'This connection has neither "token" nor "entra".',
  });
}

/** With a personal access token, whoever's it is. */
export function tokenLogin(token: Secret): Login {
  return () =>
    Promise.resolve(`Basic ${Buffer.from(`:${token.reveal()}`, 'utf8').toString('base64')}`);
}

/** Azure DevOps itself, as Entra knows it everywhere. */
const AZURE_DEVOPS = '499b84ac-1321-427f-aa17-267ca6975798/.default';
const SPARE_MS = 60_000;
const issuedSchema = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
});

/** Tokens of an hour; one is kept until a minute before its end, and asked for once at a time. */
function applicationLogin(
  { tenant_id, client_id, client_secret, login_url }: NonNullable<AzureConfig['entra']>,
  { timeout_ms }: AzureConfig,
  { clock, connectionName }: VendorDeps,
): Login {
  const http = createHttp({
    name: 'Microsoft sign-in',
    baseUrl: login_url,
    clock,
    explain: ({ status }) => (status < 500 && status !== 429 ? refused(connectionName) : undefined),
    ...(timeout_ms === undefined ? {} : { timeoutMs: timeout_ms }),
  });
  let kept: { readonly token: Secret; readonly until: number } | undefined;
  let asking: Promise<string> | undefined;

  async function issue(): Promise<string> {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id,
      client_secret: client_secret.reveal(),
      scope: AZURE_DEVOPS,
    });
    const answer = await http.send({
      method: 'POST',
      path: path`/${tenant_id}/oauth2/v2.0/token`,
      text: { type: 'application/x-www-form-urlencoded', content: form.toString() },
      schema: issuedSchema,
    });
    const until = clock.now().getTime() + answer.expires_in * 1000 - SPARE_MS;
    kept = { token: new Secret(answer.access_token), until };
    return answer.access_token;
  }

  return async () => {
    if (kept !== undefined && kept.until > clock.now().getTime()) {
      return `Bearer ${kept.token.reveal()}`;
    }
    asking ??= issue().finally(() => {
      asking = undefined;
    });
    return `Bearer ${await asking}`;
  };
}

function refused(connectionName: string): ProductError {
  return new ProductError('unauthenticated', {
    subject: connectionName,
    message: `${connectionName}: Microsoft does not accept our own application. Check "entra", and that its client secret has not expired.`,
  });
}
