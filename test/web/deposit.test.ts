import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { ProductError } from '../../src/domain/errors.ts';
import type { ErrorCode } from '../../src/domain/errors.ts';
import { aDesk, aServer, call, CODE, CREDENTIAL, post, TOKEN } from './web-server.ts';

let deposit: ReturnType<typeof aDesk>;
let server: Awaited<ReturnType<typeof aServer>>;

beforeEach(async () => {
  deposit = aDesk();
  server = await aServer({ deposits: deposit.desk });
});

afterEach(async () => {
  await server.close();
});

function failure(code: ErrorCode, message: string): ProductError {
  return new ProductError(code, { subject: 'GitLab acme', message });
}

describe('The one-time page', () => {
  test('shows a labelled form that says what will happen, with every text escaped', async () => {
    const answer = await call(`${server.url}/deposit/${TOKEN}`);

    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.text).toContain('<h1>Hand over the GitLab &lt;token&gt;</h1>');
    expect(answer.text).toContain('For flow@acme.example, request SA-7K3F9Q');
    expect(answer.text).toContain('<label for="code">Code from Slack</label>');
    expect(answer.text).toContain('<label for="credential">GitLab &lt;token&gt;</label>');
    expect(answer.text).toMatch(
      /<input [^>]*id="code"[^>]* inputmode="numeric" autocomplete="one-time-code"[^>]* autofocus/,
    );
    expect(answer.text).toMatch(
      /<input id="credential"[^>]* type="password" autocomplete="off"[^>]* spellcheck="false"/,
    );
    expect(answer.text).toContain('Slack never sees it');
    expect(answer.text).not.toContain('<token>');
    expect(answer.text).not.toContain(TOKEN);
    expect(answer.text).not.toContain('<script');
  });

  test('forbids scripts, frames, referrers, caching and guessing', async () => {
    const { headers } = await call(`${server.url}/deposit/${TOKEN}`);

    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    );
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['x-frame-options']).toBe('DENY');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['set-cookie']).toBeUndefined();
  });

  test('is not used up by link previews that GET or HEAD it', async () => {
    for (const method of ['GET', 'HEAD', 'GET']) {
      await call(`${server.url}/deposit/${TOKEN}`, { method });
    }

    const answer = await post(server.url, { code: CODE, credential: CREDENTIAL });

    expect(answer.status).toBe(200);
    expect(deposit.seen.accepts).toBe(1);
  });

  test('looks the same for unknown, malformed, used and expired links', async () => {
    const unknown = await call(`${server.url}/deposit/${'x'.repeat(32)}`);
    const malformed = await call(`${server.url}/deposit/..%2f`);
    deposit.shut();

    const used = await call(`${server.url}/deposit/${TOKEN}`);
    const posted = await post(server.url, { code: CODE, credential: CREDENTIAL });

    expect([unknown, malformed, used, posted].map(({ status }) => status)).toEqual([
      404, 404, 404, 404,
    ]);
    expect(new Set([unknown, malformed, used, posted].map(({ text }) => text)).size).toBe(1);
    expect(used.text).toContain('This page is not available');
    expect(deposit.seen.accepts).toBe(0);
  });

  test('shows a neutral page and logs the error when the link cannot be looked up', async () => {
    const broken = await aServer({
      deposits: {
        find: () => Promise.reject(new Error('the database is gone')),
        accept: () => Promise.resolve(),
      },
    });

    const answer = await call(`${broken.url}/deposit/${TOKEN}`);
    await broken.close();

    expect(answer.status).toBe(500);
    expect(answer.text).toContain('Something went wrong');
    expect(answer.text).not.toContain('database');
    expect(broken.lines.join('')).toContain('the database is gone');
  });
});

describe('Posting a credential', () => {
  test('hands it over trimmed and as a Secret, and says that it is stored', async () => {
    const answer = await post(server.url, {
      code: ' 042 137 ',
      credential: `\n ${CREDENTIAL}\t\r\n`,
    });

    expect(answer.status).toBe(200);
    expect(answer.text).toContain('Checked and stored');
    expect(answer.text).toContain('You may close this page');
    expect(deposit.accepted.map((secret) => secret.reveal())).toEqual([CREDENTIAL]);
    expect(String(deposit.accepted[0])).toBe('[secret]');
  });

  test('keeps white space inside the value', async () => {
    await post(server.url, { code: CODE, credential: ' correct horse battery ' });

    expect(deposit.accepted.map((secret) => secret.reveal())).toEqual(['correct horse battery']);
  });

  test('a second time gets the friendly page of a used link and stores nothing', async () => {
    await post(server.url, { code: CODE, credential: CREDENTIAL });

    const replay = await post(server.url, { code: CODE, credential: CREDENTIAL });

    expect(replay.status).toBe(404);
    expect(replay.text).toContain('This page is not available');
    expect(deposit.accepted).toHaveLength(1);
  });

  test('with a wrong code shows the sentence at the code field and leaves the link usable', async () => {
    const wrong = await post(server.url, { code: '000000', credential: CREDENTIAL });
    const right = await post(server.url, { code: CODE, credential: CREDENTIAL });

    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('<title>Error: ');
    expect(wrong.text).toContain('<a href="#code">Wrong code.</a>');
    expect(wrong.text).toContain('<span class="wrong" id="code-error">Error: Wrong code.</span>');
    expect(wrong.text).toContain('aria-invalid="true" aria-describedby="code-error code-hint"');
    expect(wrong.text).not.toContain('000000');
    expect(right.status).toBe(200);
  });

  test('with the last wrong code says that the page is closed, without a form', async () => {
    deposit.refuse(failure('invalid-input', 'Too often; this page is closed now.'));
    const closing = await aServer({
      deposits: {
        ...deposit.desk,
        async accept(...given) {
          await deposit.desk.accept(...given).finally(deposit.shut);
        },
      },
    });

    const answer = await post(closing.url, { code: CODE, credential: CREDENTIAL });
    await closing.close();

    expect(answer.status).toBe(422);
    expect(answer.text).toContain('Too often; this page is closed now.');
    expect(answer.text).not.toContain('<form');
  });

  test('that is incomplete names every field to correct and asks nobody', async () => {
    const answer = await post(server.url, { code: '12', credential: '  \n' });

    expect(answer.status).toBe(422);
    expect(answer.text).toContain('<a href="#code">Type the six digits that Slack showed you.</a>');
    expect(answer.text).toContain(
      '<a href="#credential">Paste the value; this field was empty.</a>',
    );
    expect(deposit.seen.accepts).toBe(0);
  });

  test('with missing fields is answered like empty ones', async () => {
    const answer = await post(server.url, {});

    expect(answer.status).toBe(422);
    expect(answer.text).toContain('href="#code"');
    expect(answer.text).toContain('href="#credential"');
  });

  test('with a line break inside the value is refused before anybody is asked', async () => {
    const answer = await post(server.url, { code: CODE, credential: 'PLANTED_one\nPLANTED_two' });

    expect(answer.status).toBe(422);
    expect(answer.text).toContain('has a line break');
    expect(answer.text).not.toContain('PLANTED');
    expect(deposit.seen.accepts).toBe(0);
  });

  test('that the vendor refuses shows its sentence at the value and can be tried again', async () => {
    deposit.refuse(failure('verification-failed', 'GitLab says the token lacks <read_api>.'));

    const refused = await post(server.url, { code: CODE, credential: CREDENTIAL });
    deposit.refuse(undefined);
    const better = await post(server.url, { code: CODE, credential: CREDENTIAL });

    expect(refused.status).toBe(422);
    expect(refused.text).toContain(
      '<a href="#credential">GitLab says the token lacks &lt;read_api&gt;.</a>',
    );
    expect(refused.text).toContain(
      'aria-invalid="true" aria-describedby="credential-error credential-hint"',
    );
    expect(better.status).toBe(200);
    expect(deposit.accepted).toHaveLength(1);
  });

  test.each([
    ['timeout', 503],
    ['unavailable', 503],
    ['rate-limited', 503],
    ['exists', 422],
    ['not-found', 422],
    ['internal', 500],
  ] as const)('that meets %s blames no field and answers %i', async (code, status) => {
    deposit.refuse(failure(code, 'GitLab acme had a hiccup.'));

    const answer = await post(server.url, { code: CODE, credential: CREDENTIAL });

    expect(answer.status).toBe(status);
    expect(answer.text).toContain('<li>GitLab acme had a hiccup.</li>');
    expect(answer.text).toContain('aria-describedby="summary code-hint"');
    expect(answer.text).not.toContain('aria-invalid="true"');
    expect(answer.text).toContain('<form');
  });

  test('that meets an unknown failure gets a neutral sentence, and the log gets the error', async () => {
    deposit.refuse(new Error(`socket broke while sending ${CREDENTIAL}`));

    const answer = await post(server.url, { code: CODE, credential: CREDENTIAL });

    expect(answer.status).toBe(500);
    expect(answer.text).toContain('Something went wrong inside the app');
    expect(answer.text).not.toContain('socket broke');
    expect(server.lines.join('')).toContain('socket broke while sending [secret]');
  });

  test('leaves no trace of the value, the code or the link in logs or answers', async () => {
    const answers = [await post(server.url, { code: '999999', credential: CREDENTIAL })];
    for (const code of ['verification-failed', 'timeout', 'internal'] as const) {
      deposit.refuse(failure(code, 'It did not work.'));
      answers.push(await post(server.url, { code: CODE, credential: CREDENTIAL }));
    }
    deposit.refuse(undefined);
    answers.push(await post(server.url, { code: CODE, credential: CREDENTIAL }));
    answers.push(await post(server.url, { code: CODE, credential: CREDENTIAL }));
    await server.close();

    const everything = JSON.stringify(answers) + server.lines.join('');
    for (const planted of [CREDENTIAL, encodeURIComponent(CREDENTIAL), 'PLANTED', CODE, TOKEN]) {
      expect(everything).not.toContain(planted);
    }
    expect(server.lines.filter((line) => line.includes('"route":"deposit-take"'))).not.toEqual([]);
  });
});

describe('A form from elsewhere', () => {
  const fields = { code: CODE, credential: CREDENTIAL };

  test.each([
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['a sibling domain', { 'sec-fetch-site': 'same-site', origin: 'null' }],
    [
      'another origin that claims ours',
      { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' },
    ],
    ['the address bar', { 'sec-fetch-site': 'none', origin: 'null' }],
  ])('is refused when it comes from %s', async (_, headers) => {
    const answer = await post(server.url, fields, headers);

    expect(answer.status).toBe(403);
    expect(answer.text).toContain('This form was not accepted');
    expect(deposit.seen).toEqual({ finds: 0, accepts: 0 });
  });

  test('is judged by its Origin when the browser sends no Sec-Fetch-Site', async () => {
    const send = (origin: string) =>
      call(`${server.url}/deposit/${TOKEN}`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin },
        body: new URLSearchParams(fields).toString(),
      });

    const statuses = [
      (await send('null')).status,
      (await send('https://evil.example')).status,
      (await send('not an origin')).status,
      (await send(server.url)).status,
    ];

    expect(statuses).toEqual([403, 403, 403, 200]);
  });

  test('with neither header is refused', async () => {
    const answer = await call(`${server.url}/deposit/${TOKEN}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    });

    expect(answer.status).toBe(403);
  });

  test('is refused when it is not a form', async () => {
    const answer = await post(server.url, fields, { 'content-type': 'text/plain' });

    expect(answer.status).toBe(415);
    expect(deposit.seen).toEqual({ finds: 0, accepts: 0 });
  });

  test('larger than 64 KB is refused with a page', async () => {
    const large = await post(server.url, { code: CODE, credential: 'x'.repeat(64 * 1024) });
    const huge = await post(server.url, { code: CODE, credential: 'x'.repeat(900_000) });

    expect([large.status, huge.status]).toEqual([413, 413]);
    expect(large.text).toContain('That was too much');
    expect(deposit.seen).toEqual({ finds: 0, accepts: 0 });
  });

  test('may be as large as just under 64 KB', async () => {
    const answer = await post(server.url, { code: CODE, credential: 'x'.repeat(60_000) });

    expect(answer.status).toBe(200);
  });
});

describe('Behind a proxy', () => {
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    origin: 'https://flow-accounts.acme.example',
    'x-forwarded-host': 'flow-accounts.acme.example',
    'x-forwarded-proto': 'https',
  };
  const body = new URLSearchParams({ code: CODE, credential: CREDENTIAL }).toString();

  test('its forwarded host and protocol count only when it is trusted', async () => {
    const trusting = await aServer({ deposits: deposit.desk, trustProxy: true });
    const path = `/deposit/${TOKEN}`;

    const untrusted = await call(server.url + path, { method: 'POST', headers, body });
    const downgraded = await call(trusting.url + path, {
      method: 'POST',
      headers: { ...headers, origin: 'http://flow-accounts.acme.example' },
      body,
    });
    const trusted = await call(trusting.url + path, { method: 'POST', headers, body });
    await trusting.close();

    expect([untrusted.status, downgraded.status, trusted.status]).toEqual([403, 403, 200]);
    expect(trusted.headers['strict-transport-security']).toBe('max-age=15552000');
    expect(untrusted.headers['strict-transport-security']).toBeUndefined();
  });
});
