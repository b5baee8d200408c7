import { ProductError } from '../../domain/errors.ts';
import { createHttp } from '../../lib/http.ts';
import type { Http, HttpAnswer } from '../../lib/http.ts';
import type { VendorDeps } from '../vendor.ts';
import type { Login } from './own-login.ts';
import type { AzureConfig } from './schema.ts';

/** Azure DevOps keeps projects, licences and identities at three hosts. */
export interface Connection {
  readonly core: Http;
  readonly entitlements: Http;
  readonly identity: Http;
}

/** HTTP at one organisation, as whoever signs in. */
export function connect(config: AzureConfig, deps: VendorDeps, login: Login): Connection {
  const at = (url: string): Http =>
    createHttp({
      name: deps.connectionName,
      baseUrl: `${url}/${config.organization}`,
      clock: deps.clock,
      headers: async () => ({
        authorization: await login(),
        // Otherwise a token that is not accepted is sent to a sign-in page instead of a 401.
        'x-tfs-fedauthredirect': 'Suppress',
      }),
      explain: (answer) => explain(deps.connectionName, answer),
      explainPage: () => signInPage(deps.connectionName),
      ...(config.timeout_ms === undefined ? {} : { timeoutMs: config.timeout_ms }),
    });
  return {
    core: at(config.url),
    entitlements: at(config.entitlements_url),
    identity: at(config.identity_url),
  };
}

/** A page is one for people to sign in, as 200, 203 or a redirect; not always about our token. */
function signInPage(name: string): ProductError {
  return new ProductError('unexpected-answer', {
    subject: name,
    message: `${name} sends a sign-in page instead of an answer. The token may be revoked or expired, or something before Azure DevOps wants a person to sign in.`,
  });
}

function explain(name: string, { status }: HttpAnswer): ProductError | undefined {
  if (status !== 401) return undefined;
  return new ProductError('unauthenticated', {
    subject: name,
    message: `${name} does not accept the token. Was it revoked, has it expired, or is it of another organisation?`,
  });
}
