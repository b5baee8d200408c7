import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

import type { Log } from '../lib/log.ts';
import { gonePage } from './deposit-pages.ts';
import { showDeposit, takeDeposit } from './deposit-routes.ts';
import type { DepositDesk } from './deposit-routes.ts';
import { showHealth, showReadiness } from './health-routes.ts';
import type { ReadinessCheck } from './health-routes.ts';
import type { OperatorPages } from './operator/routes.ts';
import { messagePage } from './page-shell.ts';
import { sendPage } from './send.ts';

export interface RouteDeps {
  /** Bolt's request listener; only in signed-HTTP mode. */
  readonly slack?: RequestListener;
  /** Null when there is no one-time page. */
  readonly deposits: DepositDesk | null;
  readonly readiness: () => Promise<readonly ReadinessCheck[]>;
  readonly log: Log;
  /** Believe X-Forwarded-Host and X-Forwarded-Proto; only behind a proxy that sets them. */
  readonly trustProxy?: boolean;
  /** Null unless configured. */
  readonly operator?: OperatorPages | null;
  /** Sees what no route of ours takes; true when it has answered. */
  readonly extra?: (
    request: IncomingMessage,
    response: ServerResponse,
  ) => boolean | Promise<boolean>;
}

interface Route {
  /** What logs call it: paths may carry a token and are never logged. */
  readonly name: string;
  handle(request: IncomingMessage, response: ServerResponse): unknown;
}

const DEPOSIT_PREFIX = '/deposit/';
const TOKEN = /^[\w-]{16,128}$/;

/** Finds what answers this method and path; there is always something. */
export function routeOf(request: IncomingMessage, deps: RouteDeps): Route {
  const path = (request.url ?? '').split('?')[0] ?? '';
  // HEAD is GET without the body, which Node leaves out by itself.
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  if (path.startsWith(DEPOSIT_PREFIX)) {
    return depositRoute(method, path.slice(DEPOSIT_PREFIX.length), deps);
  }
  return (
    fixedRoute(`${method} ${path}`, deps) ?? deps.operator?.find(method, path) ?? otherRoute(deps)
  );
}

function depositRoute(method: string | undefined, token: string, deps: RouteDeps): Route {
  const { deposits: desk, log, trustProxy = false } = deps;
  const routeDeps = desk === null || !TOKEN.test(token) ? null : { desk, log, trustProxy };
  if (routeDeps !== null && method === 'GET') {
    return {
      name: 'deposit-show',
      handle: (_, response) => showDeposit(token, response, routeDeps),
    };
  }
  if (routeDeps !== null && method === 'POST') {
    return {
      name: 'deposit-take',
      handle: (request, response) => takeDeposit(token, request, response, routeDeps),
    };
  }
  return { name: 'deposit-unknown', handle: (_, response) => sendPage(response, 404, gonePage()) };
}

function fixedRoute(methodAndPath: string, deps: RouteDeps): Route | undefined {
  const { slack, readiness, log } = deps;
  switch (methodAndPath) {
    case 'POST /slack/events':
      return slack && { name: 'slack', handle: slack };
    case 'GET /healthz':
      return { name: 'health', handle: (_, response) => showHealth(response) };
    case 'GET /readyz':
      return { name: 'ready', handle: (_, response) => showReadiness(response, readiness, log) };
    default:
      return undefined;
  }
}

function otherRoute({ extra }: RouteDeps): Route {
  return {
    name: 'other',
    async handle(request, response) {
      if ((await extra?.(request, response)) !== true) sendPage(response, 404, NOTHING_HERE);
    },
  };
}

const NOTHING_HERE = messagePage(
  'There is nothing here',
  'This address belongs to an app that is used in Slack. Go back to Slack and follow the link there.',
);
