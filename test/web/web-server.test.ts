import { createHmac } from 'node:crypto';
import { Agent } from 'node:http';
import { connect } from 'node:net';

import { HTTPReceiver, LogLevel } from '@slack/bolt';
import { afterEach, describe, expect, test, vi } from 'vitest';

import { createLog } from '../../src/lib/log.ts';
import { startWebServer } from '../../src/web/server.ts';
import type { WebServerOptions } from '../../src/web/server.ts';
import { aDesk, aServer, call, CODE, CREDENTIAL, post, TOKEN } from './web-server.ts';

const open: { close(): Promise<void> }[] = [];

async function started(options: Partial<WebServerOptions> = {}) {
  const server = await aServer(options);
  open.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

describe('Health and readiness', () => {
  test('a living process is healthy even when nothing it needs is ready', async () => {
    const server = await started({ readiness: () => Promise.reject(new Error('no database')) });

    const answer = await call(`${server.url}/healthz`);

    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toEqual({ ok: true });
  });

  test('it is ready when every check is', async () => {
    const checks = [{ name: 'database', ok: true, message: 'The database answers.' }];
    const server = await started({ readiness: async () => checks });

    const answer = await call(`${server.url}/readyz`);

    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toEqual({ ready: true, checks });
  });

  test('one failed check answers 503 and says which', async () => {
    const checks = [
      { name: 'database', ok: true, message: 'The database answers.' },
      { name: 'queue', ok: false, message: 'Redis could not be reached.' },
    ];
    const server = await started({ readiness: async () => checks });

    const answer = await call(`${server.url}/readyz`);

    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.text)).toEqual({ ready: false, checks });
  });

  test('checks that break answer 503 with a neutral sentence', async () => {
    const server = await started({
      readiness: () => Promise.reject(new Error('password=hunter2')),
    });

    const answer = await call(`${server.url}/readyz`);

    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.text)).toMatchObject({ ready: false, checks: [{ ok: false }] });
    expect(answer.text).not.toContain('hunter2');
  });
});

describe('Slack events', () => {
  test('reach the listener with headers and raw body untouched', async () => {
    const seen: { body: Buffer; signature: unknown }[] = [];
    const server = await started({
      slack: (request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const signature = request.headers['x-slack-signature'];
          seen.push({ body: Buffer.concat(chunks), signature });
          response.end('listened');
        });
      },
    });
    const body = Buffer.from([0x70, 0x3d, 0x25, 0x32, 0x30, 0x2b, 0xff, 0x00, 0x0d, 0x0a]);

    const answer = await call(`${server.url}/slack/events?x=1`, {
      method: 'POST',
      headers: { 'x-slack-signature': 'v0=abc' },
      body,
    });

    expect(answer.text).toBe('listened');
    expect(seen).toEqual([{ body, signature: 'v0=abc' }]);
  });

  test('pass the signature check of the real receiver, and fail it when changed', async () => {
    const receiver = new HTTPReceiver({
      signingSecret: 'sandbox-signing-secret',
      logLevel: LogLevel.ERROR,
    });
    const server = await started({ slack: receiver.requestListener });
    const body = JSON.stringify({ type: 'url_verification', challenge: 'gr\u00FC\u00DFe' });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', 'sandbox-signing-secret')
      .update(`v0:${timestamp}:${body}`)
      .digest('hex');
    const headers = {
      'content-type': 'application/json',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${signature}`,
    };
    const url = `${server.url}/slack/events`;

    const good = await call(url, { method: 'POST', headers, body });
    const changed = await call(url, { method: 'POST', headers, body: `${body} ` });

    expect(good.status).toBe(200);
    expect(JSON.parse(good.text)).toEqual({ challenge: 'gr\u00FC\u00DFe' });
    expect(changed.status).toBe(401);
  });

  test('are unknown without a listener, and by GET', async () => {
    const without = await started();
    const heard: string[] = [];
    const server = await started({ slack: (request) => void heard.push(request.url ?? '') });

    const posted = await call(`${without.url}/slack/events`, { method: 'POST', body: '{}' });
    const got = await call(`${server.url}/slack/events`);

    expect([posted.status, got.status]).toEqual([404, 404]);
    expect(heard).toEqual([]);
  });

  test('that the listener throws at are answered and logged', async () => {
    const server = await started({
      slack: () => {
        throw new Error('listener broke');
      },
    });

    const answer = await call(`${server.url}/slack/events`, { method: 'POST', body: '{}' });

    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('listener broke');
    expect(server.lines.join('')).toContain('listener broke');
  });
});

describe('Everything else', () => {
  test('is not found, on a page with the same protection', async () => {
    const server = await started();

    const answer = await call(`${server.url}/admin`);

    expect(answer.status).toBe(404);
    expect(answer.text).toContain('There is nothing here');
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test('may be taken by the extra handler, which never sees a deposit link', async () => {
    const seen: (string | undefined)[] = [];
    const server = await started({
      deposits: null,
      extra: async (request, response) => {
        seen.push(request.url);
        if (request.url !== '/later') return false;
        response.end('later page');
        return true;
      },
    });

    const taken = await call(`${server.url}/later`);
    const left = await call(`${server.url}/other`);
    const deposit = await call(`${server.url}/deposit/${TOKEN}`);

    expect(taken.text).toBe('later page');
    expect([left.status, deposit.status]).toEqual([404, 404]);
    expect(seen).toEqual(['/later', '/other']);
  });

  test('is logged by method, route name, status and time, never by path', async () => {
    const server = await started({ deposits: aDesk().desk });

    await call(`${server.url}/deposit/${TOKEN}?note=private`);
    await call(`${server.url}/private/path`, { method: 'DELETE' });
    await server.close();

    const lines = server.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toMatchObject([
      { level: 30, method: 'GET', route: 'deposit-show', status: 200, ms: expect.any(Number) },
      { level: 30, method: 'DELETE', route: 'other', status: 404, ms: expect.any(Number) },
    ]);
    expect(server.lines.join('')).not.toMatch(/private|kX3vZ8/);
  });
});

describe('Starting and closing', () => {
  test('a port that is taken is a configuration error with advice', async () => {
    const server = await started();

    const second = startWebServer({
      host: '127.0.0.1',
      port: Number(new URL(server.url).port),
      deposits: null,
      readiness: async () => [],
      log: createLog('silent'),
    });

    await expect(second).rejects.toMatchObject({ code: 'invalid-config' });
  });

  test('closing lets a running deposit finish, answers it, and takes no new request', async () => {
    const { desk, accepted } = aDesk();
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const server = await started({
      deposits: {
        ...desk,
        async accept(...given) {
          reached.resolve();
          await gate.promise;
          await desk.accept(...given);
        },
      },
    });
    const agent = new Agent({ keepAlive: true });
    const running = post(server.url, { code: CODE, credential: CREDENTIAL }, {}, agent);
    await reached.promise;

    const closing = server.close();
    await expect(call(`${server.url}/healthz`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const start = performance.now();
    gate.resolve();

    expect((await running).status).toBe(200);
    await closing;
    // The answered connection is kept alive for seconds unless it is closed at once.
    expect(performance.now() - start).toBeLessThan(3000);
    expect(accepted).toHaveLength(1);
    agent.destroy();
  });

  test('closing waits for a deposit whose sender has already left', async () => {
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const { desk, accepted } = aDesk();
    const server = await started({
      deposits: {
        ...desk,
        async accept(...given) {
          reached.resolve();
          await gate.promise;
          await desk.accept(...given);
        },
      },
    });
    const body = new URLSearchParams({ code: CODE, credential: CREDENTIAL }).toString();
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write(
      `POST /deposit/${TOKEN} HTTP/1.1\r\nhost: localhost\r\nsec-fetch-site: same-origin\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await reached.promise;
    socket.destroy();
    await vi.waitFor(() => expect(server.lines.join('')).toContain('"status":null'));

    let isClosed = false;
    const closing = server.close().then(() => (isClosed = true));
    await call(`${server.url}/healthz`).catch(() => undefined);
    expect(isClosed).toBe(false);
    gate.resolve();
    await closing;

    expect(accepted).toHaveLength(1);
  });

  test('closing cuts what does not finish in time, and may be asked twice', async () => {
    const reached = Promise.withResolvers<void>();
    const server = await started({
      graceMs: 20,
      readiness: () => {
        reached.resolve();
        return new Promise(() => undefined);
      },
    });
    const waiting = call(`${server.url}/readyz`).catch((error: unknown) => error);
    await reached.promise;

    await Promise.all([server.close(), server.close()]);

    expect(await waiting).toMatchObject({ code: 'ECONNRESET' });
  });

  test('closing does not wait for connections that are only kept alive', async () => {
    const server = await started();
    const agent = new Agent({ keepAlive: true });
    await call(`${server.url}/healthz`, { agent });
    const start = performance.now();

    await server.close();

    expect(performance.now() - start).toBeLessThan(2000);
    agent.destroy();
  });

  test('a client that leaves half-way through its form is nobody\u2019s error', async () => {
    const { desk, seen } = aDesk();
    const server = await started({ deposits: desk });
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');

    socket.write(
      `POST /deposit/${TOKEN} HTTP/1.1\r\nhost: localhost\r\nsec-fetch-site: same-origin\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n\r\ncode=1`,
      () => socket.destroy(),
    );
    await vi.waitFor(() => expect(server.lines.join('')).toContain('"status":null'));

    expect(server.lines).toHaveLength(1);
    expect(seen).toEqual({ finds: 0, accepts: 0 });
  });
});
