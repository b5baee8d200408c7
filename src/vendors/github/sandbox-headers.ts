import type { Caller } from './sandbox-auth.ts';

/** What every answer tells of the token that asked. */
export function tokenHeaders(caller: Caller | undefined): Record<string, string> {
  if (caller?.kind !== 'token') return {};
  const { scopes, expiresAt } = caller.token;
  const end = `${(expiresAt ?? '').slice(0, 19).replace('T', ' ')} UTC`;
  return {
    ...(scopes === null ? {} : { 'x-oauth-scopes': scopes.join(', ') }),
    ...(expiresAt === null ? {} : { 'github-authentication-token-expiration': end }),
  };
}
