import { z } from 'zod';

import { ProductError } from '../domain/errors.ts';
import type { Clock } from './clock.ts';
import { retryAfterMs } from './http.ts';
import type { HttpAnswer } from './http.ts';

/** What Octokit throws for an answer; the class itself is not among our dependencies. */
const answeredSchema = z.object({
  status: z.number(),
  response: z.object({
    headers: z.record(z.string(), z.unknown()),
    data: z.unknown(),
  }),
});

/** Whatever Octokit threw, in our words. Nothing of GitHub's own text is passed on. */
export function explainThrown(error: unknown, name: string, clock: Clock): ProductError {
  const parsed = answeredSchema.safeParse(error);
  if (!parsed.success) {
    return new ProductError('unreachable', {
      subject: name,
      message: `${name} could not be reached.`,
    });
  }
  const answer = read(parsed.data);
  return explainAnswer(answer, name, clock) ?? explainStatus(answer, name);
}

/** What is special to GitHub's failures; undefined where the status says it all. */
export function explainAnswer(
  answer: HttpAnswer,
  name: string,
  clock: Clock,
): ProductError | undefined {
  return explainRateLimit(answer, name, clock) ?? explainPermission(answer, name);
}

const messageSchema = z.object({ message: z.string() });

function read({ status, response }: z.infer<typeof answeredSchema>): HttpAnswer {
  const headers = new Headers();
  for (const [key, value] of Object.entries(response.headers)) headers.set(key, String(value));
  return { status, headers, body: response.data };
}

// Both limits may come as 403, so 403 alone says nothing:
// https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
function explainRateLimit(
  { status, headers, body }: HttpAnswer,
  name: string,
  clock: Clock,
): ProductError | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const usedUp = headers.get('x-ratelimit-remaining') === '0';
  const told = headers.has('retry-after');
  const message = messageSchema.safeParse(body).data?.message ?? '';
  if (status === 403 && !usedUp && !told && !/secondary rate limit/i.test(message))
    return undefined;
  const reset = Number(headers.get('x-ratelimit-reset')) * 1000 - clock.now().getTime();
  const wait = told || !usedUp ? retryAfterMs(headers, clock) : Math.max(1000, reset);
  return new ProductError('rate-limited', {
    subject: name,
    message: `${name} asks us to slow down; it goes on by itself.`,
    retryAfterMs: wait,
  });
}

function explainPermission(
  { status, headers }: HttpAnswer,
  name: string,
): ProductError | undefined {
  if (status !== 403 && status !== 404) return undefined;
  if (headers.has('x-github-sso')) {
    return missing(name, 'single sign-on authorisation of our token for the organisation');
  }
  const scope = missingScope(headers);
  // GitHub answers 404 as well when a classic token lacks a scope; that is not "does not exist".
  if (scope !== undefined) return missing(name, `the scope ${scope}`);
  if (status === 404) return undefined;
  const accepted = headers.get('x-accepted-github-permissions');
  const words = accepted === null ? null : accepted.split(';')[0]?.replaceAll('=', ': ').trim();
  return missing(name, words ? `the permission ${words}` : 'a permission for this');
}

function missing(name: string, what: string): ProductError {
  return new ProductError('missing-permission', {
    subject: name,
    message: `Our credential for ${name} lacks ${what}. A GitHub owner can grant it; then retry.`,
  });
}

/** For a classic token: a scope that would do, when it has none of those. */
function missingScope(headers: Headers): string | undefined {
  const has = list(headers.get('x-oauth-scopes'));
  const accepted = list(headers.get('x-accepted-oauth-scopes'));
  if (!headers.has('x-oauth-scopes') || accepted.length === 0) return undefined;
  return accepted.some((scope) => has.includes(scope)) ? undefined : accepted[0];
}

/** A comma-separated header as a list. */
export function list(header: string | null | undefined): string[] {
  return (header ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

const CODES = {
  401: 'unauthenticated',
  404: 'not-found',
  409: 'exists',
} as const;

function explainStatus({ status }: HttpAnswer, name: string): ProductError {
  if (status === 401) {
    return new ProductError('unauthenticated', {
      subject: name,
      message: `${name} does not accept the credential; it is wrong, expired or revoked.`,
    });
  }
  const code =
    status === 404 || status === 409 ? CODES[status] : status >= 500 ? 'unavailable' : 'refused';
  const message = `${name} answered ${status}.`;
  return new ProductError(code, { subject: name, message });
}
