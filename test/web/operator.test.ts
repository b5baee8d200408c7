import { generateKeyPairSync } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { createLog } from '../../src/lib/log.ts';
import type { Protection } from '../../src/web/operator/guard.ts';
import { personOf } from '../../src/web/operator/id-token.ts';
import { isFromLoopback } from '../../src/web/operator/loopback.ts';
import { createOperatorPages, QUEUES, RETURN } from '../../src/web/operator/routes.ts';
import { createSlackSignIn } from '../../src/web/operator/slack-sign-in.ts';
import { CLIENT_ID, CLIENT_SECRET, startSignInSite, TEAM } from './slack-sign-in-site.ts';
import { aServer, call } from './web-server.ts';
import type { Answer } from './web-server.ts';

const TOKEN = 'a-bearer-token-for-prometheus';
const PAGES = ['/operator', `${QUEUES}/`, '/metrics'];

const open: { close(): Promise<unknown> }[] = [];
let now = Date.now();

beforeEach(() => {
  now = Date.now();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

async function operated(protection: Protection, metricsToken: Secret | null = null) {
  const lines: string[] = [];
  const seen: (string | undefined)[] = [];
  const operator = createOperatorPages({
    protection,
    metricsToken,
    clock: { now: () => new Date(now) },
    log: createLog('debug', { write: (line) => lines.push(line) }),
    trustProxy: false,
    queues(request, response) {
      seen.push(request.url);
      response.end('the queues');
    },
    metrics: async () => ({ type: 'text/plain; version=0.0.4', text: 'flow_accounts_up 1\n' }),
    readiness: async () => [{ name: 'Slack', ok: false, message: 'not <reachable>' }],
  });
  const server = await aServer({ operator });
  open.push(server);
  return { ...server, lines, seen };
}

function asking(address: string, headers: Record<string, string>): IncomingMessage {
  return { socket: { remoteAddress: address }, headers } as unknown as IncomingMessage;
}

describe('Without configuration', () => {
  test.each(PAGES)('there is no %s', async (path) => {
    const server = await aServer();
    open.push(server);

    const answer = await call(server.url + path);

    expect(answer.status).toBe(404);
  });
});

describe('On loopback', () => {
  test.each(PAGES)('%s is shown to this machine', async (path) => {
    const server = await operated({ kind: 'loopback' });

    const answer = await call(server.url + path);

    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test.each(PAGES)('%s is refused to a page elsewhere that points its name here', async (path) => {
    const server = await operated({ kind: 'loopback' });

    const answer = await call(server.url + path, { headers: { host: 'evil.example:3000' } });

    expect([401, 403]).toContain(answer.status);
    expect(server.seen).toEqual([]);
  });

  test.each([
    ['127.0.0.1', { host: 'localhost:3000' }, true],
    ['::1', { host: '[::1]:3000' }, true],
    ['::ffff:127.0.0.1', { host: '127.0.0.1' }, true],
    ['10.0.0.7', { host: '127.0.0.1:3000' }, false],
    ['127.0.0.1', { host: '127.0.0.1.evil.example' }, false],
    ['127.0.0.1', {}, false],
    ['127.0.0.1', { host: 'localhost', 'x-forwarded-for': '203.0.113.9' }, false],
    ['127.0.0.1', { host: 'localhost', forwarded: 'for=203.0.113.9' }, false],
  ])('a request from %s with %j comes from here: %s', (address, headers, expected) => {
    expect(isFromLoopback(asking(address, headers as Record<string, string>))).toBe(expected);
  });

  test('the overview says how things stand, escaped', async () => {
    const server = await operated({ kind: 'loopback' });

    const { text } = await call(`${server.url}/operator`);

    expect(text).toContain('<strong>Slack</strong>: not &lt;reachable&gt;');
    expect(text).not.toContain('Sign out');
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
    'the queues cannot be changed by %s',
    async (method) => {
      const server = await operated({ kind: 'loopback' });

      const answer = await call(`${server.url}${QUEUES}/api/queues/pause`, { method });

      expect(answer.status).toBe(404);
      expect(server.seen).toEqual([]);
    },
  );

  test('the queues’ page sees its own paths and loads nothing from elsewhere', async () => {
    const server = await operated({ kind: 'loopback' });

    const answer = await call(`${server.url}${QUEUES}/api/queues?page=1`);

    expect(server.seen).toEqual(['/api/queues?page=1']);
    expect(answer.headers['content-security-policy']).toContain("script-src 'self'");
    expect(answer.headers['content-security-policy']).not.toContain('http');
  });
});

describe('The metrics', () => {
  test('are given to a program with the configured token, from anywhere', async () => {
    const server = await operated({ kind: 'loopback' }, new Secret(TOKEN));
    const headers = { host: 'app.example', authorization: `Bearer ${TOKEN}` };

    const answer = await call(`${server.url}/metrics`, { headers });

    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4');
    expect(answer.text).toBe('flow_accounts_up 1\n');
  });

  test.each([undefined, 'Bearer wrong', `Basic ${TOKEN}`, 'Bearer '])(
    'are refused with %j',
    async (authorization) => {
      const server = await operated({ kind: 'loopback' }, new Secret(TOKEN));
      const headers = {
        host: 'app.example',
        ...(authorization === undefined ? {} : { authorization }),
      };

      const answer = await call(`${server.url}/metrics`, { headers });

      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
    },
  );

  test('the token opens no other page', async () => {
    const server = await operated({ kind: 'loopback' }, new Secret(TOKEN));
    const headers = { host: 'app.example', authorization: `Bearer ${TOKEN}` };

    const answer = await call(`${server.url}/operator`, { headers });

    expect(answer.status).toBe(403);
  });
});

describe('With Sign in with Slack', () => {
  let site: Awaited<ReturnType<typeof startSignInSite>>;
  const admins = new Set<string>();

  beforeEach(async () => {
    site = await startSignInSite();
    open.push(site);
    admins.clear();
    admins.add('U0ADMIN');
  });
  afterEach(() => {
    const [strange] = site.server.unexpected;
    if (strange !== undefined) throw new Error(`Slack was asked what it does not know: ${strange}`);
  });

  function bySlack(publicUrl = 'https://app.example'): Protection {
    const secret = new Secret(CLIENT_SECRET);
    const signIn = createSlackSignIn(
      {
        clientId: CLIENT_ID,
        clientSecret: secret,
        redirectUrl: publicUrl + RETURN,
        teamId: TEAM,
        apiUrl: site.apiUrl,
      },
      { now: () => new Date(now) },
    );
    const secure = publicUrl.startsWith('https:');
    return { kind: 'slack', signIn, secret, secure, mayOperate: async (id) => admins.has(id) };
  }

  type Server = Awaited<ReturnType<typeof operated>>;

  /** Opens the page, agrees at Slack, and comes back. */
  async function signIn(server: Server): Promise<Answer & { readonly cookie: string }> {
    const first = await call(`${server.url}/operator`);
    const back = new URL(site.agree(first.headers.location ?? ''));
    const answer = await call(server.url + back.pathname + back.search, {
      headers: { cookie: cookieOf(first) },
    });
    return { ...answer, cookie: cookieOf(answer) };
  }

  const look = (server: Server, cookie: string, path = '/operator') =>
    call(server.url + path, { headers: { cookie } });

  test('an admin is sent to Slack, comes back, and sees the pages', async () => {
    const server = await operated(bySlack());

    const signedIn = await signIn(server);
    const page = await look(server, signedIn.cookie);
    const queues = await look(server, signedIn.cookie, `${QUEUES}/`);

    expect(signedIn.status).toBe(303);
    expect(signedIn.headers.location).toBe('/operator');
    expect(page.text).toContain('Sign out');
    expect(queues.text).toBe('the queues');
    expect(server.lines.join('')).not.toContain(CLIENT_SECRET);
  });

  test('its cookies are out of reach for scripts, other sites and plain HTTP', async () => {
    const server = await operated(bySlack());

    const { headers } = await signIn(server);

    const session = (headers['set-cookie'] ?? []).find((one) => one.startsWith('__Host-operator='));
    expect(session).toMatch(/; Path=\/; Max-Age=3600; HttpOnly; SameSite=Lax; Secure$/);
  });

  test('somebody who is not an admin learns so and gets no session', async () => {
    site.person.id = 'U0OTHER';
    const server = await operated(bySlack());

    const answer = await signIn(server);

    expect(answer.status).toBe(403);
    expect(answer.text).toContain('not one of the admins');
    expect(answer.cookie).not.toContain('__Host-operator=');
  });

  test('an admin who is none any more is sent away although the session lives', async () => {
    const server = await operated(bySlack());
    const { cookie } = await signIn(server);

    admins.clear();
    const answer = await look(server, cookie);

    expect(answer.status).toBe(303);
  });

  test('a session ends after an hour', async () => {
    const server = await operated(bySlack());
    const { cookie } = await signIn(server);

    now += 3_600_000;
    const answer = await look(server, cookie);

    expect(answer.status).toBe(303);
  });

  test('a session is good in every process that has the same secret', async () => {
    const [one, other] = [await operated(bySlack()), await operated(bySlack())];

    const { cookie } = await signIn(one);

    expect((await look(other, cookie)).status).toBe(200);
  });

  test('a forged, changed or borrowed cookie is none', async () => {
    const server = await operated(bySlack());
    const { cookie } = await signIn(server);
    const [name = '', value = ''] = cookie.split('=');
    const [body = '', signature = ''] = value.split('.');
    const other = Buffer.from(
      JSON.stringify({ until: now + 9e9, value: { person: 'U0ADMIN' } }),
    ).toString('base64url');
    const begun = await call(`${server.url}/operator`);

    const forged = [
      `${name}=${other}.${signature}`,
      `${name}=${body}.`,
      `${name}=${body}`,
      `${name}=.`,
      cookieOf(begun).replace('operator-sign-in', 'operator'),
    ];

    for (const one of forged) expect((await look(server, one)).status).toBe(303);
  });

  test('the way back works once, and only in the browser that began', async () => {
    const server = await operated(bySlack());
    const first = await call(`${server.url}/operator`);
    const other = await call(`${server.url}/operator`);
    const back = new URL(site.agree(first.headers.location ?? ''));
    const path = server.url + back.pathname + back.search;

    const stranger = await call(path, { headers: { cookie: cookieOf(other) } });
    const nobody = await call(path);
    const right = await call(path, { headers: { cookie: cookieOf(first) } });
    const again = await call(path, { headers: { cookie: cookieOf(first) } });

    expect([stranger.status, nobody.status, right.status, again.status]).toEqual([
      401, 401, 303, 401,
    ]);
  });

  test.each([
    ['of another app', { aud: '99.99' }],
    ['of another issuer', { iss: 'https://evil.example' }],
    ['of another workspace', { 'https://slack.com/team_id': 'T0ELSEWHERE' }],
    ['of another sign-in', { nonce: 'another' }],
    ['that is too old', { exp: 1 }],
    ['from the future', { iat: 9_999_999_999 }],
    ['that names nobody', { 'https://slack.com/user_id': undefined }],
  ])('an ID token %s is refused', async (_, claims) => {
    site.change.claims = claims;
    const server = await operated(bySlack());

    const answer = await signIn(server);

    expect(answer.status).toBe(401);
    expect(answer.text).toContain('did not work');
  });

  test.each([{ alg: 'none' }, { alg: 'HS256' }, { kid: 'unknown' }, { kid: 'other' }])(
    'an ID token with the header %j is refused',
    async (header) => {
      site.change.header = header;
      const server = await operated(bySlack());

      const answer = await signIn(server);

      expect(answer.status).toBe(401);
    },
  );

  test('an ID token that somebody else signed is refused', () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
    const token = [{ alg: 'RS256', kid: 'k' }, {}].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    const expected = { issuer: '', audience: '', nonce: '', teamId: '', now: new Date(now) };

    const reading = () =>
      personOf(`${token.join('.')}.AAAA`, [{ kty: 'RSA', kid: 'k', n, e }], expected);

    expect(reading).toThrow('is not signed by Slack');
  });

  test('when Slack is away the person can try again', async () => {
    const server = await operated(bySlack());
    const first = await call(`${server.url}/operator`);
    const back = new URL(site.agree(first.headers.location ?? ''));
    await site.server.close();

    const answer = await call(server.url + back.pathname + back.search, {
      headers: { cookie: cookieOf(first) },
    });

    expect(answer.status).toBe(401);
    expect(server.lines.join('')).toContain('unreachable');
  });

  test('a program without the token is not sent to a sign-in', async () => {
    const server = await operated(bySlack(), new Secret(TOKEN));

    const answer = await call(`${server.url}/metrics`);

    expect(answer.status).toBe(401);
  });

  test('signing out takes the cookie away, and only our own page can ask for it', async () => {
    const server = await operated(bySlack());
    const { cookie } = await signIn(server);
    const leave = (headers: Record<string, string>) =>
      call(`${server.url}/operator/sign-out`, { method: 'POST', headers: { cookie, ...headers } });

    const foreign = await leave({ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' });
    const own = await leave({ 'sec-fetch-site': 'same-origin', origin: 'null' });

    expect(foreign.status).toBe(403);
    expect(own.headers['set-cookie']?.[0]).toMatch(/^__Host-operator=; Path=\/; Max-Age=0/);
  });
});

function cookieOf({ headers }: Answer): string {
  const living = (headers['set-cookie'] ?? []).filter((one) => !one.includes('Max-Age=0'));
  return living.map((one) => one.split(';')[0]).join('; ');
}
