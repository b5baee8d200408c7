import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

import type { ReadinessCheck } from '../health-routes.ts';
import { sendPage, sendText } from '../send.ts';
import { createGuard, OPERATOR } from './guard.ts';
import type { GuardDeps } from './guard.ts';
import { overviewPage } from './overview-page.ts';

export interface OperatorDeps extends GuardDeps {
  /** Bull-board under `/operator/queues`, read-only. */
  readonly queues: RequestListener;
  metrics(): Promise<{ readonly type: string; readonly text: string }>;
  readiness(): Promise<readonly ReadinessCheck[]>;
}

export interface OperatorPages {
  /** What answers this path; undefined when it is none of the operator's. */
  find(
    method: string | undefined,
    path: string,
  ):
    | {
        readonly name: string;
        handle(request: IncomingMessage, response: ServerResponse): unknown;
      }
    | undefined;
}

export const QUEUES = `${OPERATOR}/queues`;
export const RETURN = `${OPERATOR}/signed-in`;

// What the queues' page needs; it brings scripts and styles of its own and talks to its own API.
const QUEUES_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** The operator's pages; each is shown only to whom the guard admits. */
export function createOperatorPages(deps: OperatorDeps): OperatorPages {
  const guard = createGuard(deps);

  async function showOverview(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!(await guard.admits(request, response))) return;
    const bySlack = deps.protection.kind === 'slack';
    sendPage(response, 200, overviewPage(await deps.readiness(), bySlack));
  }

  async function showMetrics(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!(await guard.admitsProgram(request, response))) return;
    const { type, text } = await deps.metrics();
    sendText(response, 200, type, text);
  }

  async function showQueues(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!(await guard.admits(request, response))) return;
    response.setHeader('content-security-policy', QUEUES_POLICY);
    // Mounted below its own base path, which it does not expect to see.
    request.url = (request.url ?? '').slice(QUEUES.length) || '/';
    deps.queues(request, response);
  }

  return {
    find(method, path) {
      if (method === 'GET' && path === '/metrics') return { name: 'metrics', handle: showMetrics };
      if (method === 'GET' && path === OPERATOR) return { name: 'operator', handle: showOverview };
      if (method === 'GET' && path === RETURN) {
        return { name: 'operator-signed-in', handle: guard.returned };
      }
      if (method === 'POST' && path === `${OPERATOR}/sign-out`) {
        return { name: 'operator-sign-out', handle: guard.signOut };
      }
      // Reading only: whatever the page offers, nothing but GET gets through.
      if (method === 'GET' && (path === QUEUES || path.startsWith(`${QUEUES}/`))) {
        return { name: 'operator-queues', handle: showQueues };
      }
      return undefined;
    },
  };
}
