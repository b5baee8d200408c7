import { createPublicKey, verify } from 'node:crypto';

import { z } from 'zod';

import { ProductError } from '../../domain/errors.ts';

/** A public key as the keys page lists it. */
export const keySchema = z.looseObject({
  kty: z.literal('RSA'),
  kid: z.string(),
  n: z.string(),
  e: z.string(),
});
export type Key = z.infer<typeof keySchema>;

export interface Expected {
  readonly issuer: string;
  readonly audience: string;
  readonly nonce: string;
  readonly teamId: string;
  readonly now: Date;
}

const headerSchema = z.object({ alg: z.literal('RS256'), kid: z.string() });
const claimsSchema = z.object({
  iss: z.string(),
  aud: z.string(),
  exp: z.number(),
  iat: z.number(),
  nonce: z.string(),
  'https://slack.com/user_id': z.string(),
  'https://slack.com/team_id': z.string(),
});

// Clocks differ a little; https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
const LEEWAY_S = 60;

/**
 * The Slack user id that a signed ID token names.
 * @throws ProductError `unauthenticated` when anything about it is not as it must be
 */
export function personOf(token: string, keys: readonly Key[], expected: Expected): string {
  const [head = '', body = '', signature = '', ...more] = token.split('.');
  const header = headerSchema.safeParse(decode(head));
  if (!header.success || more.length > 0) throw refuse('is not an RS256 token');
  const key = keys.find(({ kid }) => kid === header.data.kid);
  if (key === undefined) throw refuse('names a key that Slack does not list');
  const signed = verify(
    'RSA-SHA256',
    Buffer.from(`${head}.${body}`),
    createPublicKey({ key: { kty: key.kty, n: key.n, e: key.e }, format: 'jwk' }),
    Buffer.from(signature, 'base64url'),
  );
  if (!signed) throw refuse('is not signed by Slack');
  const claims = claimsSchema.safeParse(decode(body));
  if (!claims.success) throw refuse('lacks what it must say');
  checkClaims(claims.data, expected);
  return claims.data['https://slack.com/user_id'];
}

function checkClaims(claims: z.infer<typeof claimsSchema>, expected: Expected): void {
  const nowS = expected.now.getTime() / 1000;
  if (claims.iss !== expected.issuer) throw refuse('comes from another issuer');
  if (claims.aud !== expected.audience) throw refuse('was made for another app');
  if (claims.nonce !== expected.nonce) throw refuse('belongs to another sign-in');
  if (claims.exp + LEEWAY_S < nowS) throw refuse('is too old');
  if (claims.iat - LEEWAY_S > nowS) throw refuse('is from the future');
  if (claims['https://slack.com/team_id'] !== expected.teamId) {
    throw refuse('is of another workspace');
  }
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function refuse(why: string): ProductError {
  return new ProductError('unauthenticated', {
    subject: 'Slack',
    message: `Slack's answer to the sign-in ${why}.`,
  });
}
