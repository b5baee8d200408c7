import { createPublicKey, createVerify, generateKeyPairSync, randomBytes } from 'node:crypto';

import type { Clock } from '../../lib/clock.ts';
import type { SandboxToken, SandboxUser, SandboxWorld } from './sandbox-world.ts';

export type Caller =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'app' }
  | { readonly kind: 'installation' }
  | { readonly kind: 'token'; readonly token: SandboxToken; readonly user: SandboxUser };

let keys: { privatePem: string; publicPem: string } | undefined;

/** One key pair for all sandboxes of a process; making one is slow. */
export function appKeys() {
  if (keys === undefined) {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
    keys = {
      privatePem: pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
      publicPem: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    };
  }
  return keys;
}

/** Tells callers apart by their bearer token; undefined when GitHub would answer 401. */
export function createAuth(world: SandboxWorld, clock: Clock, appId: number) {
  const installationTokens = new Set<string>();

  function identify(header: string | undefined): Caller | undefined {
    if (header === undefined) return { kind: 'anonymous' };
    const value = /^(?:bearer|token) (.+)$/i.exec(header)?.[1] ?? '';
    if (installationTokens.has(value)) return { kind: 'installation' };
    if (value.split('.').length === 3) return isAppJwt(value, appId) ? { kind: 'app' } : undefined;
    const token = world.state.tokens.find((one) => one.value === value);
    const user = world.state.users.find((one) => one.id === token?.userId);
    if (token === undefined || user === undefined) return undefined;
    const dead = token.expiresAt !== null && Date.parse(token.expiresAt) <= clock.now().getTime();
    return dead ? undefined : { kind: 'token', token, user };
  }

  function issue(): string {
    const value = `ghs_${randomBytes(20).toString('hex')}`;
    installationTokens.add(value);
    return value;
  }

  return { identify, issue, forget: () => installationTokens.clear() };
}

// At most ten minutes, signed by the App's key; real time, as the client signs with real time.
function isAppJwt(jwt: string, appId: number): boolean {
  const [head = '', body = '', signature = ''] = jwt.split('.');
  const verified = createVerify('RSA-SHA256')
    .update(`${head}.${body}`)
    .verify(createPublicKey(appKeys().publicPem), signature, 'base64url');
  if (!verified) return false;
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
  const { iat, exp, iss } = claims;
  if (typeof iat !== 'number' || typeof exp !== 'number') return false;
  const now = Date.now() / 1000;
  return String(iss) === String(appId) && exp - iat <= 630 && exp > now && iat <= now + 60;
}
