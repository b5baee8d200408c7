import { z } from 'zod';

import { ProductError } from '../domain/errors.ts';
import type { ErrorCode } from '../domain/errors.ts';
import { Secret } from '../domain/secret.ts';
import type { Clock } from './clock.ts';
import { createHttp } from './http.ts';
import type { Http, HttpAnswer } from './http.ts';

/** How to reach a Confluence Cloud site; part of the configuration of everything that does. */
export const confluenceAccess = {
  /** As people open it: `https://acme.atlassian.net`. */
  site: z.url({ protocol: /^https?$/ }),
  /** Where the API answers if not on the site, as for scoped tokens on api.atlassian.com. */
  api_url: z.url({ protocol: /^https?$/ }).optional(),
  /** The bot's address; leave out when the token is a bearer token. */
  email: z.email().optional(),
  api_token: z.instanceof(Secret),
  /** Key of the space, as in its links. */
  space: z.string().regex(/^[A-Za-z0-9~_-]+$/, 'a space key such as "IT"'),
  /** New pages go below this page; by default below the space's home page. */
  parent_page_id: z.string().regex(/^\d+$/, 'the number in the page’s link').optional(),
  timeout_ms: z.number().int().min(100).max(120_000).default(15_000),
};

const access = z.object(confluenceAccess);
export type ConfluenceAccess = z.output<typeof access>;

export function connectConfluence(config: ConfluenceAccess, clock: Clock): Http {
  return createHttp({
    name: 'Confluence',
    baseUrl: `${(config.api_url ?? config.site).replace(/\/$/, '')}/wiki`,
    clock,
    timeoutMs: config.timeout_ms,
    headers: () => ({ authorization: authorization(config) }),
    explain,
  });
}

export function confluenceError(code: ErrorCode, message: string): ProductError {
  return new ProductError(code, { subject: 'Confluence', message });
}

function authorization({ email, api_token }: ConfluenceAccess): string {
  if (email === undefined) return `Bearer ${api_token.reveal()}`;
  return `Basic ${Buffer.from(`${email}:${api_token.reveal()}`).toString('base64')}`;
}

const failure = z.object({ errors: z.array(z.object({ title: z.string() })).min(1) });

function explain({ status, body }: HttpAnswer): ProductError | undefined {
  const title = failure.safeParse(body).data?.errors[0]?.title ?? '';
  if ((status === 400 || status === 409) && title.includes('title already exists')) {
    return confluenceError(
      'name-taken',
      'Confluence already has a page with this title in the space.',
    );
  }
  if (status === 409)
    return confluenceError('conflict', 'Somebody changed this in Confluence meanwhile.');
  if (status === 401) {
    const message = 'Confluence did not accept our sign-in. Check email and api_token.';
    return confluenceError('unauthenticated', message);
  }
  return undefined;
}
