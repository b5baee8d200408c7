import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { z } from 'zod';

import { ProductError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { messagePage } from '../page-shell.ts';
import { isSameOrigin } from '../same-origin.ts';
import { sendPage, sendRedirect } from '../send.ts';
import { isFromLoopback } from './loopback.ts';
import { createCookieJar } from './signed-cookie.ts';
import type { SlackSignIn } from './slack-sign-in.ts';

/** Who may see the operator's pages. */
export type Protection =
  | { readonly kind: 'loopback' }
  | {
      readonly kind: 'slack';
      readonly signIn: SlackSignIn;
      /** Signs the session's cookie; the same in every process. */
      readonly secret: Secret;
      readonly secure: boolean;
      /** Is this person a living member and one of the configured admins, now? */
      mayOperate(person: string): Promise<boolean>;
    };

export interface GuardDeps {
  readonly protection: Protection;
  /** Lets a program read the metrics without a browser; null when nobody may. */
  readonly metricsToken: Secret | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly trustProxy: boolean;
}

/** Paths below it are the operator's. */
export const OPERATOR = '/operator';

export interface Guard {
  /** True when the page may be shown; otherwise the answer has been given. */
  admits(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** Like `admits`, for programs: they get a status instead of a sign-in. */
  admitsProgram(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** Comes back from Slack. */
  returned(request: IncomingMessage, response: ServerResponse): Promise<void>;
  signOut(request: IncomingMessage, response: ServerResponse): void;
}

const SESSION_MS = 3_600_000;
const ATTEMPT_MS = 600_000;

export function createGuard(deps: GuardDeps): Guard {
  const { protection } = deps;
  const byPerson = protection.kind === 'slack' ? createPersonGuard(protection, deps) : null;

  async function isAdmitted(request: IncomingMessage): Promise<boolean> {
    return byPerson === null ? isFromLoopback(request) : byPerson.isSignedIn(request);
  }

  return {
    async admits(request, response) {
      if (await isAdmitted(request)) return true;
      if (byPerson === null) sendPage(response, 403, ONLY_HERE);
      else byPerson.sendToSlack(response);
      return false;
    },
    async admitsProgram(request, response) {
      if (carriesToken(request, deps.metricsToken) || (await isAdmitted(request))) return true;
      response.setHeader('www-authenticate', 'Bearer');
      sendPage(response, 401, NO_TOKEN);
      return false;
    },
    async returned(request, response) {
      if (byPerson === null) sendPage(response, 404, ONLY_HERE);
      else await byPerson.returned(request, response);
    },
    signOut(request, response) {
      if (byPerson === null || !isSameOrigin(request, deps.trustProxy)) {
        sendPage(response, 403, ONLY_HERE);
        return;
      }
      byPerson.forget(response);
      sendPage(response, 200, SIGNED_OUT);
    },
  };
}

const ONLY_HERE = messagePage(
  'Not from here',
  'These pages are for the people who run this app, and only on the machine it runs on.',
);
const NO_TOKEN = messagePage(
  'No access',
  'The metrics need the bearer token that is configured as operator.metrics_token.',
);
const NOT_AN_ADMIN = messagePage(
  'You are not one of the admins',
  'Slack says who you are, but the configuration does not name you under admins. Ask the people who run this app.',
);
const TRY_AGAIN = messagePage(
  'The sign-in did not work',
  'It may have taken too long, or was begun in another window. Open the page again to start anew.',
);
const SIGNED_OUT = messagePage('Signed out', 'You may close this page.');

function carriesToken(request: IncomingMessage, token: Secret | null): boolean {
  const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === null || given === undefined) return false;
  // Equal lengths, so that the comparison tells nothing by its time.
  return timingSafeEqual(digest(given), digest(token.reveal()));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

type ByPerson = Extract<Protection, { kind: 'slack' }>;

function createPersonGuard(protection: ByPerson, { clock, log }: GuardDeps) {
  const { signIn, mayOperate, secret, secure } = protection;
  const common = { secret, secure, clock };
  const sessions = createCookieJar({
    ...common,
    name: 'operator',
    lifeMs: SESSION_MS,
    schema: z.object({ person: z.string() }),
  });
  const attempts = createCookieJar({
    ...common,
    name: 'operator-sign-in',
    lifeMs: ATTEMPT_MS,
    schema: z.object({ state: z.string(), nonce: z.string() }),
  });

  async function finish(request: IncomingMessage): Promise<string> {
    const attempt = attempts.read(request);
    const query = new URL(request.url ?? '', 'http://here').searchParams;
    const code = query.get('code');
    if (attempt === undefined || code === null || query.get('state') !== attempt.state) {
      const message = 'The browser did not bring back what the sign-in was begun with.';
      throw new ProductError('unauthenticated', { subject: 'sign-in', message });
    }
    return signIn.finish(code, attempt);
  }

  return {
    /** The cookie only says who; whether they still may is asked each time. */
    async isSignedIn(request: IncomingMessage): Promise<boolean> {
      const session = sessions.read(request);
      return session !== undefined && mayOperate(session.person);
    },
    sendToSlack(response: ServerResponse): void {
      const attempt = { state: word(), nonce: word() };
      attempts.write(response, attempt);
      sendRedirect(response, signIn.begin(attempt));
    },
    async returned(request: IncomingMessage, response: ServerResponse): Promise<void> {
      attempts.clear(response);
      let person: string;
      try {
        person = await finish(request);
      } catch (error) {
        log.warn({ err: error }, 'A sign-in to the operator’s pages did not work');
        sendPage(response, 401, TRY_AGAIN);
        return;
      }
      const admitted = await mayOperate(person);
      log.info({ person, admitted }, 'A person signed in to the operator’s pages');
      if (!admitted) {
        sendPage(response, 403, NOT_AN_ADMIN);
        return;
      }
      sessions.write(response, { person });
      sendRedirect(response, OPERATOR);
    },
    forget: (response: ServerResponse) => sessions.clear(response),
  };
}

function word(): string {
  return randomBytes(24).toString('base64url');
}
