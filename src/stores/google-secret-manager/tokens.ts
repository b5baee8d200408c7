import { createSign } from 'node:crypto';

import { ProductError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Clock } from '../../lib/clock.ts';
import { createHttp } from '../../lib/http.ts';
import type { HttpRequest } from '../../lib/http.ts';
import { keptToken } from '../../lib/kept-token.ts';
import type { FreshToken, KeptToken } from '../../lib/kept-token.ts';
import { SYSTEM } from './failures.ts';
import * as schema from './schema.ts';
import type { GoogleAuth, GoogleConfig } from './schema.ts';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const LASTS_SECONDS = 3600;

/** Our access token: by the key of a service account, or from the machine we run on. */
export function googleTokens(config: GoogleConfig, clock: Clock): KeptToken {
  const { auth } = config;
  if (auth.method === 'metadata') {
    const ask = asker(config, clock, auth.metadata_url);
    return keptToken(clock, () =>
      ask({
        method: 'GET',
        // https://cloud.google.com/compute/docs/access/authenticate-workloads#applications
        path: '/computeMetadata/v1/instance/service-accounts/default/token',
        headers: { 'metadata-flavor': 'Google' },
        schema: schema.token,
      }),
    );
  }
  return keptToken(clock, async () => {
    const key = readKey(auth.service_account_key);
    const ask = asker(config, clock, key.token_uri);
    const assertion = signedAssertion(key, clock.now());
    const grant = {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion,
    };
    const type = 'application/x-www-form-urlencoded';
    const text = { type, content: new URLSearchParams(grant).toString() };
    return await ask({ method: 'POST', path: '', text, schema: schema.token });
  });
}

type ServiceAccountKey = ReturnType<typeof readKey>;

function asker(config: GoogleConfig, clock: Clock, baseUrl: string) {
  const http = createHttp({
    name: 'Google sign-in',
    baseUrl,
    clock,
    timeoutMs: config.timeout_ms,
    explain: ({ status }) => (status < 500 && status !== 429 ? refused() : undefined),
  });
  return async (
    request: HttpRequest<{ access_token: Secret; expires_in: number }>,
  ): Promise<FreshToken> => {
    const { access_token: token, expires_in: seconds } = await http.send(request);
    return { token, seconds };
  };
}

function readKey(text: Secret) {
  const parsed = schema.serviceAccountKey.safeParse(asJson(text.reveal()));
  if (parsed.success) return parsed.data;
  throw new ProductError('invalid-config', {
    subject: SYSTEM,
    message:
      'The reference in store.auth.service_account_key does not lead to a service account’s key. It must be the JSON file that Google gives out, e.g. file:/run/secrets/google-key.json.',
  });
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests */
function signedAssertion(key: ServiceAccountKey, now: Date): string {
  const iat = Math.floor(now.getTime() / 1000);
  const header = { alg: 'RS256', typ: 'JWT', kid: key.private_key_id };
  const claims = {
    iss: key.client_email,
    scope: SCOPE,
    aud: key.token_uri,
    iat,
    exp: iat + LASTS_SECONDS,
  };
  const content = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  try {
    const signer = createSign('RSA-SHA256').update(content);
    return `${content}.${signer.sign(key.private_key.reveal(), 'base64url')}`;
  } catch {
    // What went wrong could quote the key.
    throw new ProductError('invalid-config', {
      subject: SYSTEM,
      message: 'The private key of the service account cannot be used. Make a new key for it.',
    });
  }
}

function refused(): ProductError {
  return new ProductError('unauthenticated', {
    subject: SYSTEM,
    message:
      'Google does not accept our service account. Check `auth`, that its key was not deleted, and that this machine’s clock is right.',
  });
}

/** How Google's policies name us. */
export function memberOf(auth: GoogleAuth): string {
  const unknown = 'serviceAccount:ACCOUNT@PROJECT.iam.gserviceaccount.com';
  if (auth.method === 'metadata') return unknown;
  const key = schema.serviceAccountKey.safeParse(asJson(auth.service_account_key.reveal()));
  return key.success ? `serviceAccount:${key.data.client_email}` : unknown;
}
