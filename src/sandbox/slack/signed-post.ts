import { createHmac } from 'node:crypto';

import { systemClock } from '../../lib/clock.ts';
import type { Json } from './json.ts';

export interface SignedPost {
  readonly rawBody: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Forgery {
  /** Sign with another secret. */
  readonly secret?: string;
  /** Seconds to add to the timestamp: -301 is too old for Slack's rule. */
  readonly shiftSeconds?: number;
  /** Change the body after signing. */
  readonly alter?: (rawBody: string) => string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Encoding = 'json' | 'payload' | 'form';

/** The body and headers of a delivery, signed as Slack signs; or forged, for the tests. */
export function signedPost(
  encoding: Encoding,
  payload: Json,
  signingSecret: string,
  forgery: Forgery = {},
): SignedPost {
  const rawBody = encode(encoding, payload);
  // The receiver compares with its own clock, which tests cannot turn; hence the real time here.
  const now = Math.floor(systemClock.now().getTime() / 1000);
  const timestamp = String(now + (forgery.shiftSeconds ?? 0));
  const digest = createHmac('sha256', forgery.secret ?? signingSecret)
    .update(`v0:${timestamp}:${rawBody}`)
    .digest('hex');
  return {
    rawBody: forgery.alter?.(rawBody) ?? rawBody,
    headers: {
      'content-type':
        encoding === 'json' ? 'application/json' : 'application/x-www-form-urlencoded',
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${digest}`,
      ...forgery.headers,
    },
  };
}

function encode(encoding: Encoding, payload: Json): string {
  if (encoding === 'json') return JSON.stringify(payload);
  if (encoding === 'payload') {
    return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  }
  const fields = Object.entries(payload).map(([key, value]): [string, string] => [
    key,
    String(value),
  ]);
  return new URLSearchParams(fields).toString();
}
