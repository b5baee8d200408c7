import { createVerify, generateKeyPairSync, randomUUID } from 'node:crypto';

import { z } from 'zod';

import type { SandboxAnswer, SandboxRequest } from '../../sandbox/kit/server.ts';

export const EMAIL = 'flow-accounts@acme-platform.iam.gserviceaccount.com';
const LASTS_SECONDS = 3600;
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

let pair: { readonly publicKey: string; readonly privateKey: string } | undefined;

/** One key pair for all sandboxes of a process: making one takes a moment. */
export function keyPair() {
  pair ??= generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return pair;
}

export type SignIn = ReturnType<typeof createSignIn>;

/** Google's token endpoint, and the one that a machine of Google Cloud has. */
export function createSignIn(now: () => number) {
  const tokens = new Map<string, number>();
  let issued = 0;

  function issue(): SandboxAnswer {
    issued += 1;
    const token = `ya29.${randomUUID()}`;
    tokens.set(token, now() + LASTS_SECONDS * 1000);
    return {
      status: 200,
      body: { access_token: token, expires_in: LASTS_SECONDS, token_type: 'Bearer' },
    };
  }

  return {
    issued: () => issued,
    revokeAll: () => tokens.clear(),
    isLiving: (header: string | undefined) =>
      (tokens.get((header ?? '').replace('Bearer ', '')) ?? 0) > now(),
    byAssertion(request: SandboxRequest, audience: string): SandboxAnswer {
      return isRight(request.body, audience, now())
        ? issue()
        : { status: 400, body: { error: 'invalid_grant', error_description: 'Invalid JWT.' } };
    },
    byMetadata: ({ headers }: SandboxRequest): SandboxAnswer =>
      headers['metadata-flavor'] === 'Google' ? issue() : { status: 403 },
  };
}

const grant = z.strictObject({
  grant_type: z.literal('urn:ietf:params:oauth:grant-type:jwt-bearer'),
  assertion: z.string(),
});

const claims = z.strictObject({
  iss: z.literal(EMAIL),
  scope: z.literal(SCOPE),
  aud: z.string(),
  iat: z.int(),
  exp: z.int(),
});

function isRight(body: unknown, audience: string, now: number): boolean {
  const sent = grant.safeParse(body);
  const [header = '', content = '', signature = ''] = sent.data?.assertion.split('.') ?? [];
  const said = claims.safeParse(JSON.parse(Buffer.from(content, 'base64url').toString() || '{}'));
  if (!said.success) return false;
  const { aud, iat, exp } = said.data;
  const isTimely = iat * 1000 <= now && exp * 1000 > now && exp - iat <= LASTS_SECONDS;
  const verifier = createVerify('RSA-SHA256').update(`${header}.${content}`);
  return (
    aud === audience && isTimely && verifier.verify(keyPair().publicKey, signature, 'base64url')
  );
}
