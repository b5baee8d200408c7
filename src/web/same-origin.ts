import type { IncomingMessage } from 'node:http';

/**
 * Was this form sent by one of our own pages? Browsers say so in Sec-Fetch-Site; where they do not
 * send it, the Origin must be ours. Because our pages send no referrer, the Origin of their own
 * forms is "null" (https://fetch.spec.whatwg.org/#append-a-request-origin-header), which alone
 * proves nothing: over plain HTTP, away from localhost, such a form is refused.
 */
export function isSameOrigin(request: IncomingMessage, trustProxy: boolean): boolean {
  const site = request.headers['sec-fetch-site'];
  const { origin } = request.headers;
  if (site !== undefined && site !== 'same-origin') return false;
  if (origin === undefined || origin === 'null') return site === 'same-origin';
  return isOurs(origin, request, trustProxy);
}

function isOurs(origin: string, request: IncomingMessage, trustProxy: boolean): boolean {
  if (!URL.canParse(origin)) return false;
  const { host, protocol } = new URL(origin);
  const ownProtocol = forwarded(request, 'x-forwarded-proto', trustProxy);
  const ownHost = forwarded(request, 'x-forwarded-host', trustProxy) ?? request.headers.host;
  if (ownProtocol !== undefined && `${ownProtocol}:` !== protocol) return false;
  return ownHost !== undefined && withoutDefaultPort(ownHost, protocol) === host;
}

/** What a trusted proxy says about the request as the browser made it. */
export function forwarded(
  request: IncomingMessage,
  header: 'x-forwarded-host' | 'x-forwarded-proto',
  trustProxy: boolean,
): string | undefined {
  if (!trustProxy) return undefined;
  const value = request.headers[header];
  const first = (Array.isArray(value) ? value[0] : value)?.split(',')[0]?.trim().toLowerCase();
  return first === '' ? undefined : first;
}

function withoutDefaultPort(host: string, protocol: string): string {
  const url = `${protocol}//${host}`;
  return URL.canParse(url) ? new URL(url).host : host.toLowerCase();
}
