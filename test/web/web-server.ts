import { request } from 'node:http';
import type { Agent, IncomingHttpHeaders } from 'node:http';

import { ProductError } from '../../src/domain/errors.ts';
import type { Secret } from '../../src/domain/secret.ts';
import { createLog } from '../../src/lib/log.ts';
import type { DepositDesk } from '../../src/web/deposit-routes.ts';
import { startWebServer } from '../../src/web/server.ts';
import type { WebServerOptions } from '../../src/web/server.ts';

export const TOKEN = 'kX3vZ8pQ1rT5wY7bN2mL4cD6fG9hJ0sA';
export const CODE = '042137';
export const CREDENTIAL = 'glpat-PLANTED_s3cr3t+value/1';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A desk with one living link; `refuse` is thrown for the right code until it is cleared. */
export function aDesk() {
  const accepted: Secret[] = [];
  const seen = { finds: 0, accepts: 0 };
  let refusal: unknown;
  let isOpen = true;
  const desk: DepositDesk = {
    async find(token) {
      seen.finds += 1;
      if (token !== TOKEN || !isOpen) throw gone();
      return { requestId: 'SA-7K3F9Q', address: 'flow@acme.example', label: 'GitLab <token>' };
    },
    async accept(token, code, credential) {
      seen.accepts += 1;
      if (token !== TOKEN || !isOpen) throw gone();
      if (code !== CODE) {
        throw new ProductError('invalid-input', { subject: 'code', message: 'Wrong code.' });
      }
      if (refusal !== undefined) throw refusal;
      isOpen = false;
      accepted.push(credential);
    },
  };
  return {
    desk,
    accepted,
    seen,
    refuse: (error: unknown) => void (refusal = error),
    shut: () => void (isOpen = false),
  };
}

function gone(): ProductError {
  return new ProductError('not-found', { subject: 'deposit', message: 'Used or too old.' });
}

/** The server on a free loopback port, and every line it logged. */
export async function aServer(options: Partial<WebServerOptions> = {}) {
  const lines: string[] = [];
  const server = await startWebServer({
    host: '127.0.0.1',
    port: 0,
    deposits: null,
    readiness: async () => [],
    log: createLog('debug', { write: (line) => lines.push(line) }),
    ...options,
  });
  return { ...server, lines };
}

/** `node:http` instead of fetch, which does not let a test set Host, Origin or Sec-Fetch-Site. */
export function call(
  url: string,
  options: {
    method?: string;
    headers?: Record<string, string>;
    body?: string | Buffer;
    agent?: Agent;
  } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        method: options.method ?? 'GET',
        headers: options.headers ?? {},
        agent: options.agent ?? false,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(options.body);
  });
}

/** The form as a browser on our own page posts it. */
export function post(
  url: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
  agent?: Agent,
): Promise<Answer> {
  return call(`${url}/deposit/${TOKEN}`, {
    method: 'POST',
    ...(agent === undefined ? {} : { agent }),
    body: new URLSearchParams(fields).toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'same-origin',
      origin: 'null',
      ...headers,
    },
  });
}
