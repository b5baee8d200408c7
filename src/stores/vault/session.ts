import { hasCode } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Clock } from '../../lib/clock.ts';
import { createHttp } from '../../lib/http.ts';
import type { Http, HttpRequest } from '../../lib/http.ts';
import { VAULT, explain } from './failures.ts';
import type { VaultConfig } from './schema.ts';
import { createTokens, namespaceHeader } from './tokens.ts';

export interface VaultSession {
  /** Without a token and outside any namespace. */
  readonly open: Http;
  /** With our token; signs in again once when Vault refuses it. */
  send<T>(request: HttpRequest<T>): Promise<T>;
}

export function createSession(config: VaultConfig, clock: Clock): VaultSession {
  const open = createHttp({
    name: VAULT,
    baseUrl: `${config.address.replace(/\/$/, '')}/v1`,
    clock,
    timeoutMs: config.timeout_ms,
    explain,
  });
  const tokens = createTokens(config, open, clock);

  function signed<T>(request: HttpRequest<T>, token: Secret): HttpRequest<T> {
    const headers = {
      ...request.headers,
      ...namespaceHeader(config),
      'x-vault-token': token.reveal(),
    };
    return { ...request, headers };
  }

  return {
    open,
    async send(request) {
      const token = await tokens.get();
      try {
        return await open.send(signed(request, token));
      } catch (error) {
        // OpenBao and older Vaults answer a dead token like a missing permission, so both sign in
        // again, once. A refused call had no effect: sending it again is safe.
        if (!hasCode(error, 'unauthenticated', 'missing-permission') || !tokens.renew(token)) {
          throw error;
        }
        return await open.send(signed(request, await tokens.get()));
      }
    },
  };
}
