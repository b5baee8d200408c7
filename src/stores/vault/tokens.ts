import { readFile } from 'node:fs/promises';

import { ProductError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Clock } from '../../lib/clock.ts';
import { path } from '../../lib/http.ts';
import type { Http } from '../../lib/http.ts';
import { VAULT } from './failures.ts';
import { login } from './schema.ts';
import type { VaultConfig } from './schema.ts';

export interface Tokens {
  get(): Promise<Secret>;
  /** Gives a refused token up; false when there is no way to get another one. */
  renew(refused: Secret): boolean;
}

// Renewed well before the lease ends, so that no call starts with a token about to die.
const SHARE_OF_LEASE = 0.8;

/** Vault tokens: the configured one, or one by AppRole or JWT that is kept for most of its lease. */
export function createTokens(config: VaultConfig, http: Http, clock: Clock): Tokens {
  const { auth } = config;
  if (auth.method === 'token') {
    return { get: () => Promise.resolve(auth.token), renew: () => false };
  }
  return signingIn(config, auth, http, clock);
}

function signingIn(config: VaultConfig, auth: SignInAuth, http: Http, clock: Clock): Tokens {
  let current: { readonly token: Secret; readonly until: number } | undefined;
  let underway: Promise<Secret> | undefined;

  async function signIn(): Promise<Secret> {
    const answer = await http.send({
      method: 'POST',
      path: `/auth/${mountPath(auth.mount)}/login`,
      headers: namespaceHeader(config),
      body: await credentialsOf(auth),
      schema: login,
    });
    const { client_token: token, lease_duration: seconds } = answer.auth;
    const until =
      seconds === 0 ? Infinity : clock.now().getTime() + seconds * 1000 * SHARE_OF_LEASE;
    current = { token, until };
    return token;
  }

  return {
    get() {
      if (current !== undefined && clock.now().getTime() < current.until) {
        return Promise.resolve(current.token);
      }
      underway ??= signIn().finally(() => {
        underway = undefined;
      });
      return underway;
    },
    renew(refused) {
      if (current?.token === refused) current = undefined;
      return true;
    },
  };
}

type SignInAuth = Exclude<VaultConfig['auth'], { method: 'token' }>;

async function credentialsOf(auth: SignInAuth): Promise<Record<string, string>> {
  if (auth.method === 'approle') {
    return { role_id: auth.role_id, secret_id: auth.secret_id.reveal() };
  }
  try {
    return { role: auth.role, jwt: (await readFile(auth.jwt_file, 'utf8')).trim() };
  } catch {
    throw new ProductError('unauthenticated', {
      subject: VAULT,
      message: `The file ${auth.jwt_file} with our JWT cannot be read. Check store.auth.jwt_file.`,
    });
  }
}

/** A mount may have several segments; each is encoded by itself. */
export function mountPath(mount: string): string {
  return mount
    .split('/')
    .map((segment) => path`${segment}`)
    .join('/');
}

export function namespaceHeader({ namespace }: VaultConfig): Record<string, string> {
  return namespace === undefined ? {} : { 'x-vault-namespace': namespace };
}
