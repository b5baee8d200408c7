import { createSign } from 'node:crypto';

import { hasCode, ProductError } from '../../domain/errors.ts';
import { Secret } from '../../domain/secret.ts';
import type { Clock } from '../../lib/clock.ts';
import type { GitHubAppAuth, GitHubAuth } from '../../lib/github-app.ts';
import { createHttp, path } from '../../lib/http.ts';
import { installationTokenSchema } from './schema.ts';

export interface AuthOptions {
  readonly name: string;
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

const MINUTE_MS = 60_000;

/** Our `authorization` header: a fixed token, or one of the App's that is renewed before its hour ends. */
export function createAuthorization(options: AuthOptions, auth: GitHubAuth): () => Promise<string> {
  if ('token' in auth) return () => Promise.resolve(`Bearer ${auth.token.reveal()}`);
  let kept: { token: Secret; until: number } | undefined;
  return async function authorization() {
    const now = options.clock.now().getTime();
    if (kept === undefined || kept.until <= now) {
      const issued = await issue(options, auth);
      kept = {
        token: new Secret(issued.token),
        until: Math.min(Date.parse(issued.expires_at) - 5 * MINUTE_MS, now + 30 * MINUTE_MS),
      };
    }
    return `Bearer ${kept.token.reveal()}`;
  };
}

async function issue(options: AuthOptions, auth: GitHubAppAuth) {
  try {
    return await asApp(options, auth).send({
      method: 'POST',
      path: path`/app/installations/${auth.installation_id}/access_tokens`,
      body: {},
      schema: installationTokenSchema,
    });
  } catch (error) {
    if (!hasCode(error, 'unauthenticated', 'not-found')) throw error;
    throw new ProductError('unauthenticated', {
      subject: options.name,
      message: `${options.name} does not know our GitHub App; check app_id, private_key and installation_id.`,
    });
  }
}

/** Speaks as the App itself, which may look at its installation and ask for tokens. */
export function asApp(options: AuthOptions, auth: GitHubAppAuth) {
  return createHttp({
    ...options,
    headers: () => ({ authorization: `Bearer ${signJwt(options, auth)}` }),
  });
}

// At most ten minutes, dated back a minute for clocks that differ:
// https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
function signJwt({ name, clock }: AuthOptions, auth: GitHubAppAuth): string {
  const now = Math.floor(clock.now().getTime() / 1000);
  const claims = { iat: now - 60, exp: now + 9 * 60, iss: String(auth.app_id) };
  const body = [{ alg: 'RS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  try {
    const signature = createSign('RSA-SHA256').update(body).sign(auth.private_key.reveal());
    return `${body}.${signature.toString('base64url')}`;
  } catch {
    throw new ProductError('invalid-config', {
      subject: name,
      message: `The private key of the GitHub App for ${name} cannot be used; give the PEM file that GitHub generated.`,
    });
  }
}
