import type { IncomingMessage, ServerResponse } from 'node:http';

import { PAGE_STYLE_HASH } from './page-style.ts';
import { forwarded } from './same-origin.ts';

const PAGE_POLICY = [
  "default-src 'none'",
  `style-src '${PAGE_STYLE_HASH}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HALF_A_YEAR_S = 15_552_000;

/** Set on every answer before a route sees it: nothing may be kept, framed, guessed or leaked. */
export function setSafeHeaders(
  request: IncomingMessage,
  response: ServerResponse,
  trustProxy: boolean,
): void {
  response.setHeader('cache-control', 'no-store');
  response.setHeader('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  response.setHeader('cross-origin-opener-policy', 'same-origin');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('x-frame-options', 'DENY');
  response.setHeader('x-robots-tag', 'noindex, nofollow');
  if (forwarded(request, 'x-forwarded-proto', trustProxy) === 'https') {
    response.setHeader('strict-transport-security', `max-age=${HALF_A_YEAR_S}`);
  }
}

export function sendPage(response: ServerResponse, status: number, page: string): void {
  response.setHeader('content-security-policy', PAGE_POLICY);
  send(response, status, 'text/html; charset=utf-8', page);
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(body));
}

export function sendText(
  response: ServerResponse,
  status: number,
  type: string,
  text: string,
): void {
  send(response, status, type, text);
}

/** Sends the browser elsewhere, to be read with GET. */
export function sendRedirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { location }).end();
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
