import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { ZodError } from 'zod';

import type { Closeable } from '../../lib/adapter.ts';
import { actSchema } from './act-schema.ts';
import { doAct } from './acts.ts';
import { readAssets } from './assets.ts';
import { isOwnPage, mayAct } from './guard.ts';
import type { Stage } from './stage.ts';
import { streamTo } from './stream.ts';
import type { Answer } from './wire.ts';

interface Page extends Closeable {
  readonly url: string;
}

interface PageOptions {
  /** The wanted port; another one if somebody listens there, or if it is absent. */
  readonly port?: number;
  /** Hears of what went wrong inside; people at the page are told in a sentence. */
  readonly report: (error: unknown) => void;
}

const HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};
const LARGEST_ACT = 256 * 1024;

/** The sandbox in a browser, on loopback alone. */
export async function startPage(stage: Stage, options: PageOptions): Promise<Page> {
  const assets = await readAssets();
  const token = randomBytes(24).toString('base64url');

  function handle(request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    if (!isOwnPage(request, port)) {
      send(response, 403, 'text/plain', 'Only the sandbox page itself may ask here.');
      return;
    }
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://sandbox');
    if (request.method === 'POST' && pathname === '/act') {
      answerAct(request, response).catch(options.report);
    } else if (request.method !== 'GET') {
      send(response, 405, 'text/plain', 'This cannot be done here.');
    } else if (pathname === '/events') {
      const person = searchParams.get('as') ?? '';
      if (stage.sandbox.slack.world.people.has(person)) {
        streamTo(response, person, stage, options.report);
      } else send(response, 404, 'text/plain', 'There is no such person.');
    } else sendAsset(pathname, response);
  }

  function sendAsset(path: string, response: ServerResponse): void {
    const name = path === '/' ? 'index.html' : path.slice(1);
    const asset = assets.get(name);
    if (asset === undefined) send(response, 404, 'text/plain', 'There is nothing here.');
    else send(response, 200, asset.type, asset.body.replace('{{token}}', token));
  }

  async function answerAct(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (!mayAct(request, token) || body === undefined) {
      sendAnswer(response, 403, { ok: false, message: 'Please load the page again.' });
      return;
    }
    try {
      const result = (await doAct(stage, actSchema.parse(JSON.parse(body)))) ?? null;
      sendAnswer(response, 200, { ok: true, result });
    } catch (error) {
      sendAnswer(response, 422, { ok: false, message: sentenceFor(error) });
    }
  }

  const server = createServer(handle);
  const port = await listen(server, options.port ?? 0);
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listen(server: ReturnType<typeof createServer>, wanted: number): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(wanted, '127.0.0.1', resolve);
    });
  } catch (error) {
    if (wanted === 0) throw error;
    return listen(server, 0);
  }
  return (server.address() as AddressInfo).port;
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length <= LARGEST_ACT) chunks.push(chunk as Buffer);
  }
  return length > LARGEST_ACT ? undefined : Buffer.concat(chunks).toString('utf8');
}

function sentenceFor(error: unknown): string {
  if (error instanceof ZodError || error instanceof SyntaxError) {
    return 'The page asked for something unknown. Please load it again.';
  }
  return error instanceof Error ? error.message : String(error);
}

function sendAnswer(response: ServerResponse, status: number, answer: Answer): void {
  send(response, status, 'application/json', JSON.stringify(answer));
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type });
  response.end(body);
}
