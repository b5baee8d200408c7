import { createSign, generateKeyPairSync, randomBytes } from 'node:crypto';

import { startServer } from '../../src/sandbox/kit/server.ts';

export const CLIENT_ID = '1234567890.1234567890';
export const CLIENT_SECRET = 'slack-client-secret-of-the-tests';
export const TEAM = 'T00000001';

interface Grant {
  readonly redirect: string;
  readonly nonce: string;
}

/** Slack's side of "Sign in with Slack", with its rules: codes are for one use, one app, one address. */
export async function startSignInSite() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const grants = new Map<string, Grant>();
  const change: { claims: Record<string, unknown>; header: Record<string, unknown> } = {
    claims: {},
    header: {},
  };
  const person = { id: 'U0ADMIN' };

  function idToken({ nonce }: Grant): string {
    const nowS = Math.floor(Date.now() / 1000);
    const claims = {
      iss: new URL(server.url).origin,
      aud: CLIENT_ID,
      exp: nowS + 300,
      iat: nowS,
      nonce,
      sub: person.id,
      'https://slack.com/user_id': person.id,
      'https://slack.com/team_id': TEAM,
      ...change.claims,
    };
    const header = { alg: 'RS256', typ: 'JWT', kid: 'key-1', ...change.header };
    const text = [header, claims].map(encode).join('.');
    const signature = createSign('RSA-SHA256').update(text).sign(privateKey);
    return `${text}.${signature.toString('base64url')}`;
  }

  const server = await startServer({
    name: 'Slack',
    routes: {
      'POST /api/openid.connect.token': ({ body, headers }) => {
        const form = body as Record<string, string>;
        const refuse = (error: string) => ({ status: 200, body: { ok: false, error } });
        if (headers['content-type']?.startsWith('application/x-www-form-urlencoded') !== true) {
          return refuse('invalid_form_data');
        }
        if (form['client_id'] !== CLIENT_ID) return refuse('invalid_client_id');
        if (form['client_secret'] !== CLIENT_SECRET) return refuse('bad_client_secret');
        if (form['grant_type'] !== 'authorization_code') return refuse('invalid_grant_type');
        const grant = grants.get(form['code'] ?? '');
        if (grant === undefined) return refuse('invalid_code');
        if (grant.redirect !== form['redirect_uri']) return refuse('bad_redirect_uri');
        grants.delete(form['code'] ?? '');
        return { status: 200, body: { ok: true, id_token: idToken(grant) } };
      },
      'GET /openid/connect/keys': () => ({
        status: 200,
        body: {
          keys: [
            { kty: 'EC', kid: 'other' },
            { ...publicKey.export({ format: 'jwk' }), kid: 'key-1', alg: 'RS256', use: 'sig' },
          ],
        },
      }),
    },
  });

  return {
    server,
    apiUrl: `${server.url}/api/`,
    /** What the next ID tokens say otherwise. */
    change,
    /** Who sits at the browser. */
    person,
    /** The person agrees; returns where Slack sends the browser. */
    agree(authorizeUrl: string): string {
      const url = new URL(authorizeUrl);
      const query = url.searchParams;
      const required = { response_type: 'code', scope: 'openid', client_id: CLIENT_ID, team: TEAM };
      for (const [name, value] of Object.entries(required)) {
        if (query.get(name) !== value) throw new Error(`Slack refuses ${name}=${query.get(name)}`);
      }
      const code = randomBytes(12).toString('hex');
      const redirect = query.get('redirect_uri') ?? '';
      grants.set(code, { redirect, nonce: query.get('nonce') ?? '' });
      const back = new URL(redirect);
      back.search = new URLSearchParams({ code, state: query.get('state') ?? '' }).toString();
      return back.href;
    },
    close: () => server.close(),
  };
}

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
