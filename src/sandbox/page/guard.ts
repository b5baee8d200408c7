import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const TOKEN_HEADER = 'x-sandbox-token';

/**
 * Is it this page that asks, and not another one in the same browser? The host is checked so that
 * a foreign name which resolves to this machine gets nothing (DNS rebinding).
 */
export function isOwnPage(request: IncomingMessage, port: number): boolean {
  const { host, origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  const isOurHost = host === `127.0.0.1:${port}` || host === `localhost:${port}`;
  const isOurOrigin = origin === undefined || origin === `http://${host ?? ''}`;
  const isOurSite = site === undefined || site === 'same-origin' || site === 'none';
  return isOurHost && isOurOrigin && isOurSite;
}

/** May it change something? Only with the token that is written into our own page. */
export function mayAct(request: IncomingMessage, token: string): boolean {
  const { origin } = request.headers;
  const given = request.headers[TOKEN_HEADER];
  if (origin === undefined || typeof given !== 'string') return false;
  if (request.headers['content-type'] !== 'application/json') return false;
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}
