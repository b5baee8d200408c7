import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createFaults } from './faults.ts';
import type { Fault, Faults } from './faults.ts';

export interface SandboxRequest {
  readonly method: string;
  /** Path without the query, still encoded. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed JSON or form; undefined without a body. */
  readonly body: unknown;
  readonly rawBody: string;
}

export interface SandboxAnswer {
  readonly status: number;
  /** Sent as JSON, or as it is when it is a string (set content-type for other than HTML). */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (request: SandboxRequest) => SandboxAnswer | Promise<SandboxAnswer>;

/** `"POST /groups/:id/members"` → handler; `:name` is one decoded segment, `*name` the rest. */
export type Routes = Readonly<Record<string, Handler>>;

export interface Exchange {
  readonly request: SandboxRequest;
  readonly route: string | null;
  readonly answer: SandboxAnswer;
}

export interface SandboxServer {
  readonly name: string;
  /** `http://127.0.0.1:port` plus the base path. */
  readonly url: string;
  readonly faults: Faults;
  /** Every exchange in order; for tests and for checking against API descriptions. */
  readonly exchanges: Exchange[];
  /** Requests no route knows; tests demand that this is empty. */
  readonly unexpected: string[];
  /** Called before each request reaches its route; lets tests kill or count between effects. */
  onRequest(listener: (request: SandboxRequest) => void | Promise<void>): void;
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly name: string;
  readonly routes: Routes;
  readonly basePath?: string;
  /** 0 or absent: any free port. */
  readonly port?: number;
  /** Sees every request first; an answer from it ends the matter (authentication, rate limits). */
  readonly before?: (request: SandboxRequest) => SandboxAnswer | undefined;
}

/** A loopback HTTP server that plays an outside system and fails on calls it does not know. */
export async function startServer(options: ServerOptions): Promise<SandboxServer> {
  const routes = compile(options.routes, options.basePath ?? '');
  const exchanges: Exchange[] = [];
  const unexpected: string[] = [];
  const listeners: ((request: SandboxRequest) => void | Promise<void>)[] = [];
  const faults = createFaults();

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    for (const listener of listeners) await listener(request);
    const fault = faults.take(request.method, request.path);
    if (fault !== undefined && !fault.afterEffect) {
      breakWith(fault, outgoing);
      return;
    }
    const found = routes.find((route) => route.matches(request));
    const answer =
      options.before?.(request) ??
      (found === undefined ? undefined : await found.run(request)) ??
      notKnown(request, unexpected, options.name);
    exchanges.push({ request, route: found?.name ?? null, answer });
    if (fault === undefined) write(outgoing, answer);
    else breakWith(fault, outgoing);
  }

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch((error: unknown) => {
      unexpected.push(`${options.name} broke: ${String(error)}`);
      write(outgoing, { status: 500, body: { error: String(error) } });
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    name: options.name,
    url: `http://127.0.0.1:${port}${options.basePath ?? ''}`,
    faults,
    exchanges,
    unexpected,
    onRequest: (listener) => void listeners.push(listener),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Route {
  readonly name: string;
  matches(request: SandboxRequest): boolean;
  run(request: SandboxRequest): SandboxAnswer | Promise<SandboxAnswer>;
}

function compile(routes: Routes, basePath: string): Route[] {
  return Object.entries(routes).map(([name, handler]) => {
    const [method = '', pattern = ''] = name.split(' ');
    const source = pattern
      .split('/')
      .map((part) => {
        if (part.startsWith(':')) return `(?<${part.slice(1)}>[^/]+)`;
        if (part.startsWith('*')) return `(?<${part.slice(1)}>.+)`;
        return part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
      })
      .join('/');
    const expression = new RegExp(`^${basePath}${source}$`);
    return {
      name,
      matches: (request) => request.method === method && expression.test(request.path),
      run: (request) => {
        const groups = expression.exec(request.path)?.groups ?? {};
        const params = Object.fromEntries(
          Object.entries(groups).map(([key, value]) => [key, decodeURIComponent(value)]),
        );
        return handler({ ...request, params });
      },
    };
  });
}

async function readRequest(incoming: IncomingMessage): Promise<SandboxRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const rawBody = Buffer.concat(chunks).toString('utf8');
  const url = new URL(incoming.url ?? '/', 'http://sandbox');
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    params: {},
    query: url.searchParams,
    headers,
    body: parseBody(rawBody, headers['content-type'] ?? ''),
    rawBody,
  };
}

function parseBody(text: string, type: string): unknown {
  if (text === '') return undefined;
  if (type.includes('application/x-www-form-urlencoded'))
    return Object.fromEntries(new URLSearchParams(text));
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function notKnown(request: SandboxRequest, unexpected: string[], name: string): SandboxAnswer {
  unexpected.push(`${name}: ${request.method} ${request.path}`);
  return { status: 404, body: { message: `The ${name} sandbox does not know this call.` } };
}

function write(outgoing: ServerResponse, answer: SandboxAnswer): void {
  const isText = typeof answer.body === 'string';
  const type = isText ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8';
  outgoing.writeHead(answer.status, {
    ...(answer.body === undefined ? {} : { 'content-type': type }),
    ...answer.headers,
  });
  outgoing.end(isText || answer.body === undefined ? answer.body : JSON.stringify(answer.body));
}

function breakWith(fault: Fault, outgoing: ServerResponse): void {
  if (fault.kind === 'status') write(outgoing, fault.answer);
  else if (fault.kind === 'drop') outgoing.destroy();
  else if (fault.kind === 'half') {
    outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    outgoing.write('{"half":');
    setImmediate(() => outgoing.destroy());
  }
  // 'hang': never answered; the client's own time-out ends it.
}
