import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { ProductError } from '../domain/errors.ts';
import type { Log } from '../lib/log.ts';
import { messagePage } from './page-shell.ts';
import { routeOf } from './routes.ts';
import type { RouteDeps } from './routes.ts';
import { sendPage, setSafeHeaders } from './send.ts';

export interface WebServerOptions extends RouteDeps {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** How long `close` lets running requests finish; 10 seconds unless told otherwise. */
  readonly graceMs?: number;
}

export interface WebServer {
  /** Where it listens, without a slash at the end. */
  readonly url: string;
  /** Takes no new requests, lets running ones finish, then cuts what is left. */
  close(): Promise<void>;
}

const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
const SLOW_SWEEP_MS = 5000;
const GRACE_MS = 10_000;

/** The small HTTP surface: Slack's events, health, readiness and the one-time page. */
export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const running = new Set<Promise<void>>();
  const server = createServer(
    {
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      connectionsCheckingInterval: SLOW_SWEEP_MS,
    },
    (request, response) => {
      // A connection kept alive past its last answer would hold `close` up.
      response.once('close', () => {
        if (!server.listening) setImmediate(() => server.closeIdleConnections());
      });
      const work = answer(request, response, options).finally(() => running.delete(work));
      running.add(work);
    },
  );
  await listen(server, options);
  const closing = once(() => close(server, running, options.graceMs ?? GRACE_MS));
  return { url: urlOf(server), close: closing };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: WebServerOptions,
): Promise<void> {
  const route = routeOf(request, options);
  logAccess(request, response, route.name, options.log);
  setSafeHeaders(request, response, options.trustProxy ?? false);
  try {
    await route.handle(request, response);
  } catch (error) {
    if (request.destroyed && !request.complete) return;
    options.log.error({ err: error, route: route.name }, 'A request failed');
    if (response.headersSent) response.destroy();
    else sendPage(response, 500, BROKEN);
  }
}

const BROKEN = messagePage(
  'Something went wrong',
  'The app could not answer just now. Try again in a minute; if it happens again, tell the people who run this app.',
);

function logAccess(
  request: IncomingMessage,
  response: ServerResponse,
  route: string,
  log: Log,
): void {
  const start = performance.now();
  response.once('close', () => {
    const ms = Math.round(performance.now() - start);
    // Null: the client went away before there was an answer.
    const status = response.headersSent ? response.statusCode : null;
    log.info({ method: request.method, route, status, ms }, 'HTTP request');
  });
}

async function listen(server: Server, { host, port }: WebServerOptions): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (cause) {
    throw new ProductError('invalid-config', {
      subject: `${host}:${port}`,
      message: `The web server could not listen on ${host}:${port}. Is another program using this port? Free it or configure another.`,
      cause,
    });
  }
}

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  const reachable = address === '0.0.0.0' || address === '::' ? 'localhost' : address;
  const host = family === 'IPv6' && reachable !== 'localhost' ? `[${reachable}]` : reachable;
  return `http://${host}:${port}`;
}

/** A handler may still be storing a credential after its client left, so both are waited for. */
async function close(server: Server, running: Set<Promise<void>>, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  const finished = Promise.all([closed, ...running]);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, graceMs);
  });
  await Promise.race([finished, late]);
  clearTimeout(timer);
  server.closeAllConnections();
  await closed;
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}
