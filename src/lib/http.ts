import type { z } from 'zod';

import { ProductError } from '../domain/errors.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { Clock } from './clock.ts';

export interface HttpOptions {
  /** Who is on the other side, as people know it: "GitLab acme". Appears in errors. */
  readonly name: string;
  /** Base URL, with or without a path; request paths are appended to it. */
  readonly baseUrl: string;
  readonly clock: Clock;
  /** Called per request, so that short-lived tokens can be renewed. */
  readonly headers?: () => Promise<Record<string, string>> | Record<string, string>;
  readonly timeoutMs?: number;
  /** Turns a vendor's own failure answer into our error; undefined falls through to the default. */
  readonly explain?: (answer: HttpAnswer) => ProductError | undefined;
  /** The same for a page where data should be: a redirect, or a success that is not JSON. */
  readonly explainPage?: () => ProductError;
}

export interface HttpRequest<T> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With every variable already encoded: build it with the `path` template tag. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, for the few that do not take JSON. */
  readonly text?: { readonly type: string; readonly content: string };
  readonly headers?: Readonly<Record<string, string>>;
  /** Only the fields we use; anything that does not fit is `unexpected-answer`. */
  readonly schema: z.ZodType<T>;
  /** Statuses that count as success; any 2xx unless told otherwise. */
  readonly ok?: readonly number[];
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, or undefined when there was none. */
  readonly body: unknown;
}

/** What came, before anybody has looked whether it is data at all. */
type Received = HttpAnswer & { readonly isPage: boolean };

export interface Http {
  send<T>(request: HttpRequest<T>): Promise<T>;
  /** Like `send`, with status and headers. */
  exchange<T>(request: HttpRequest<T>): Promise<HttpAnswer & { readonly value: T }>;
}

const TIMEOUT_MS = 15_000;
const LARGEST_BODY = 8 * 1024 * 1024;

/**
 * A JSON client that never retries, never follows a redirect and never puts headers, bodies or
 * full URLs into an error: retrying is the queue's work, and redirects usually mean a sign-in page.
 */
export function createHttp(options: HttpOptions): Http {
  async function exchange<T>(request: HttpRequest<T>): Promise<HttpAnswer & { readonly value: T }> {
    const answer = await fetchJson(options, request);
    const accepted = request.ok ?? [200, 201, 202, 204];
    if (answer.isPage && options.explainPage !== undefined) throw options.explainPage();
    if (answer.isPage && answer.status < 300) {
      throw unexpected(options, request, 'a page came instead of data; is a sign-in needed?');
    }
    if (!accepted.includes(answer.status)) {
      throw options.explain?.(answer) ?? explainStatus(options, request, answer);
    }
    const parsed = request.schema.safeParse(answer.body);
    if (!parsed.success) throw unexpected(options, request, describeIssues(parsed.error));
    return { ...answer, value: parsed.data };
  }

  return { exchange, send: async (request) => (await exchange(request)).value };
}

/** Encodes every interpolated value: path`/groups/${id}/members`. */
export function path(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return String.raw({ raw: parts }, ...values.map((value) => encodeURIComponent(value)));
}

async function fetchJson(options: HttpOptions, request: HttpRequest<unknown>): Promise<Received> {
  const url = new URL(options.baseUrl.replace(/\/$/, '') + request.path);
  for (const [key, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) url.searchParams.set(key, String(value));
  }
  const content = contentOf(request);
  const headers = {
    accept: 'application/json',
    ...(content === undefined ? {} : { 'content-type': content.type }),
    ...(await options.headers?.()),
    ...request.headers,
  };
  try {
    const response = await fetch(url, {
      method: request.method,
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS),
      ...(content === undefined ? {} : { body: content.content }),
    });
    const read = await readBody(options, request, response);
    return { status: response.status, headers: response.headers, ...read };
  } catch (error) {
    throw error instanceof ProductError ? error : explainThrown(options, request, error);
  }
}

function contentOf({ body, text }: HttpRequest<unknown>): HttpRequest<unknown>['text'] {
  if (text !== undefined || body === undefined) return text;
  return { type: 'application/json', content: JSON.stringify(body) };
}

async function readBody(
  options: HttpOptions,
  request: HttpRequest<unknown>,
  response: Response,
): Promise<Pick<Received, 'body' | 'isPage'>> {
  const redirects = response.status >= 300 && response.status < 400;
  const length = Number(response.headers.get('content-length') ?? 0);
  if (length > LARGEST_BODY) throw unexpected(options, request, 'the answer is too large');
  const text = await response.text();
  if (text === '') return { body: undefined, isPage: redirects };
  const isJson = /[/+-]json\b/.test(response.headers.get('content-type') ?? '');
  if (!isJson) return { body: undefined, isPage: redirects || response.ok };
  try {
    return { body: JSON.parse(text) as unknown, isPage: redirects };
  } catch {
    throw unexpected(options, request, 'the answer was cut off or is not JSON');
  }
}

function explainThrown(
  options: HttpOptions,
  request: HttpRequest<unknown>,
  cause: unknown,
): ProductError {
  const timedOut = cause instanceof Error && cause.name === 'TimeoutError';
  return new ProductError(timedOut ? 'timeout' : 'unreachable', {
    subject: options.name,
    message: timedOut
      ? `${options.name} did not answer in time (${request.method}).`
      : `${options.name} could not be reached.`,
    cause: reason(cause),
  });
}

/** Only the kind of failure: what fetch says itself may quote a header, and with it a token. */
function reason(thrown: unknown): Error {
  const { name = 'Error', cause } = thrown as { name?: string; cause?: { code?: string } };
  return new Error(cause?.code ?? name);
}

const CODES: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthenticated',
  403: 'missing-permission',
  404: 'not-found',
  408: 'timeout',
  409: 'exists',
  429: 'rate-limited',
};

function explainStatus(
  options: HttpOptions,
  request: HttpRequest<unknown>,
  answer: HttpAnswer,
): ProductError {
  const { status, headers } = answer;
  if (status >= 300 && status < 400) {
    return unexpected(options, request, 'it redirected, as to a sign-in page');
  }
  const code = CODES[status] ?? (status >= 500 ? 'unavailable' : 'refused');
  const wait = code === 'rate-limited' ? waitMs(headers, options.clock) : undefined;
  return new ProductError(code, {
    subject: options.name,
    message: `${options.name} answered ${status} to ${request.method} ${template(request.path)}.`,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  });
}

function unexpected(
  options: HttpOptions,
  request: HttpRequest<unknown>,
  why: string,
): ProductError {
  return new ProductError('unexpected-answer', {
    subject: options.name,
    message: `${options.name} gave an answer we do not understand to ${request.method} ${template(request.path)}: ${why}.`,
  });
}

function describeIssues(error: z.ZodError): string {
  const keys = error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.join('.') || 'body'} ${issue.code}`);
  return `fields do not fit (${keys.join(', ')})`;
}

/** Digits and long words replaced, so that ids and addresses stay out of errors. */
function template(text: string): string {
  return text.replaceAll(/\/[^/]*(?:\d{2,}|%|@|\.)[^/]*/g, '/…');
}

/** Not every 429 has Retry-After; some tell the moment at which the limit ends instead. */
function waitMs(headers: Headers, clock: Clock): number {
  if (headers.has('retry-after')) return retryAfterMs(headers, clock);
  const text = headers.get('x-ratelimit-reset') ?? headers.get('ratelimit-reset') ?? '';
  const seconds = text === '' ? NaN : Number(text);
  if (seconds < OLDEST_MOMENT) return Math.max(0, seconds * 1000);
  const moment = Number.isNaN(seconds) ? Date.parse(text) : seconds * 1000;
  return Number.isNaN(moment) ? DEFAULT_WAIT_MS : Math.max(0, moment - clock.now().getTime());
}

// A smaller number counts the seconds from now on: draft-ietf-httpapi-ratelimit-headers.
const OLDEST_MOMENT = 1_000_000_000;
const DEFAULT_WAIT_MS = 60_000;

/** Reads Retry-After as seconds or as a date; a minute when the other side did not say. */
export function retryAfterMs(headers: Headers, clock: Clock): number {
  const text = headers.get('retry-after');
  if (text === null) return DEFAULT_WAIT_MS;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(text);
  return Number.isNaN(date) ? DEFAULT_WAIT_MS : Math.max(0, date - clock.now().getTime());
}
