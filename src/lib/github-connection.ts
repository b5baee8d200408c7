import { Octokit } from '@octokit/rest';
import type { z } from 'zod';

import { hasCode, ProductError } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import type { Clock } from './clock.ts';
import { explainThrown } from './github-explain.ts';

export interface ConnectionOptions {
  readonly name: string;
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** Gives the `authorization` header of each request; null for calls that must have none. */
export interface Credentials {
  header(): Promise<string | null>;
  /** The credential was refused: do not hand it out again if another can be had. */
  refused?(): void;
}

interface GitHubAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly data: unknown;
}

export const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/**
 * Octokit without its habits: no retries, no redirects, a time limit over the whole answer, and
 * only `ProductError`s. A body that is not JSON is an error here, because Octokit passes a cut-off
 * answer on as an empty one, which its paginator takes for an empty list.
 */
export function connect(options: ConnectionOptions, credentials: Credentials): Octokit {
  const octokit = new Octokit({
    baseUrl: options.baseUrl.replace(/\/$/, ''),
    log: SILENT,
    request: { redirect: 'manual' },
  });
  octokit.hook.wrap('request', async (request, parameters) => {
    const header = await credentials.header();
    const signal = AbortSignal.timeout(options.timeoutMs);
    if (header !== null) parameters.headers.authorization = header;
    Object.assign((parameters.request ??= {}), { signal });
    try {
      const answer = await request(parameters);
      refuseOddities(answer, options.name, signal);
      return answer;
    } catch (error) {
      if (error instanceof ProductError) throw error;
      if (signal.aborted) throw timedOut(options.name);
      const explained = explainThrown(error, options.name, options.clock);
      if (hasCode(explained, 'unauthenticated')) credentials.refused?.();
      throw explained;
    }
  });
  return octokit;
}

function ignore(): void {}

function refuseOddities(answer: GitHubAnswer, name: string, signal: AbortSignal): void {
  if (answer.status >= 300) throw odd(name, 'it redirected');
  const hasType = answer.headers['content-type'] !== undefined;
  if (!hasType || answer.status === 204) return;
  if (typeof answer.data === 'object') return;
  throw signal.aborted ? timedOut(name) : odd(name, 'the answer was cut off or is not JSON');
}

function timedOut(name: string): ProductError {
  return new ProductError('timeout', { subject: name, message: `${name} did not answer in time.` });
}

function odd(name: string, why: string): ProductError {
  return new ProductError('unexpected-answer', {
    subject: name,
    message: `${name} gave an answer we do not understand: ${why}.`,
  });
}

/** Only the fields we use; anything that does not fit is `unexpected-answer`. */
export function parse<T>(schema: z.ZodType<T>, data: unknown, name: string): T {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.slice(0, 3).map((issue) => issue.path.join('.') || 'body');
  throw odd(name, `fields do not fit (${fields.join(', ')})`);
}

export const anonymous: Credentials = { header: () => Promise.resolve(null) };

export function bearer(secret: Secret): Credentials {
  return { header: () => Promise.resolve(`Bearer ${secret.reveal()}`) };
}
