import { z } from 'zod';

import { ProductError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Clock } from '../../lib/clock.ts';
import { createHttp } from '../../lib/http.ts';
import { keySchema, personOf } from './id-token.ts';

export interface SignInConfig {
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** Where Slack sends the browser back to; also registered with the Slack app. */
  readonly redirectUrl: string;
  readonly teamId: string;
  /** `https://slack.com/api/`, or a sandbox. */
  readonly apiUrl: string;
}

/** One attempt: what we remember in the browser while Slack asks who it is. */
export interface Attempt {
  readonly state: string;
  readonly nonce: string;
}

export interface SlackSignIn {
  /** Where the browser is sent. */
  begin(attempt: Attempt): string;
  /**
   * The Slack user id behind the code.
   * @throws ProductError `unauthenticated`, or when Slack cannot be reached
   */
  finish(code: string, attempt: Attempt): Promise<string>;
}

const answerSchema = z.object({
  ok: z.boolean(),
  error: z.string().optional(),
  id_token: z.string().optional(),
});

const PATIENCE_MS = 10_000;

/** Sign in with Slack: https://api.slack.com/authentication/sign-in-with-slack */
export function createSlackSignIn(config: SignInConfig, clock: Clock): SlackSignIn {
  const { clientId, clientSecret, redirectUrl, teamId } = config;
  const issuer = new URL(config.apiUrl).origin;
  const common = { name: 'Slack', clock, timeoutMs: PATIENCE_MS };
  const api = createHttp({ ...common, baseUrl: config.apiUrl });
  const site = createHttp({ ...common, baseUrl: issuer });

  async function exchange(code: string): Promise<string> {
    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: clientId,
      client_secret: clientSecret.reveal(),
      code,
      redirect_uri: redirectUrl,
    });
    const answer = await api.send({
      method: 'POST',
      path: '/openid.connect.token',
      text: { type: 'application/x-www-form-urlencoded', content: form.toString() },
      schema: answerSchema,
    });
    if (answer.ok && answer.id_token !== undefined) return answer.id_token;
    throw new ProductError('unauthenticated', {
      subject: 'Slack',
      message: `Slack did not accept the sign-in (${answer.error ?? 'no ID token'}).`,
    });
  }

  return {
    begin({ state, nonce }) {
      const url = new URL('/openid/connect/authorize', issuer);
      url.search = new URLSearchParams({
        response_type: 'code',
        scope: 'openid',
        client_id: clientId,
        redirect_uri: redirectUrl,
        team: teamId,
        state,
        nonce,
      }).toString();
      return url.href;
    },
    async finish(code, { nonce }) {
      const token = await exchange(code);
      const { keys } = await site.send({
        method: 'GET',
        path: '/openid/connect/keys',
        schema: z.object({ keys: z.array(z.unknown()) }),
      });
      const known = keys.flatMap((key) => keySchema.safeParse(key).data ?? []);
      const expected = { issuer, audience: clientId, nonce, teamId, now: clock.now() };
      return personOf(token, known, expected);
    },
  };
}
