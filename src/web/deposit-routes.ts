import type { IncomingMessage, ServerResponse } from 'node:http';

import { hasCode, ProductError } from '../domain/errors.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import type { Log } from '../lib/log.ts';
import type { DepositPage } from '../requests/deposit.ts';
import { parseDepositForm } from './deposit-form.ts';
import { closedPage, depositPage, gonePage, storedPage } from './deposit-pages.ts';
import type { DepositFault } from './deposit-pages.ts';
import { messagePage } from './page-shell.ts';
import { readBody } from './read-body.ts';
import { isSameOrigin } from './same-origin.ts';
import { sendPage } from './send.ts';

export interface DepositDesk {
  /** @throws ProductError `not-found` for every link that does not work, whatever the reason */
  find(token: string): Promise<DepositPage>;
  /** @throws ProductError with a sentence for the person; the link then stays usable */
  accept(token: string, code: string, credential: Secret): Promise<void>;
}

interface DepositRouteDeps {
  readonly desk: DepositDesk;
  readonly log: Log;
  readonly trustProxy: boolean;
}

/** Shows the form. Looking never uses the link up: mail scanners and link previews look too. */
export async function showDeposit(
  token: string,
  response: ServerResponse,
  deps: DepositRouteDeps,
): Promise<void> {
  const page = await findPage(token, deps.desk);
  if (page === undefined) sendPage(response, 404, gonePage());
  else sendPage(response, 200, depositPage(page, []));
}

/** Takes the form: from our own page, of a sane size, for a living link, and only then its values. */
export async function takeDeposit(
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
  deps: DepositRouteDeps,
): Promise<void> {
  const refusal = refuseSender(request, deps.trustProxy);
  const body = await readBody(request);
  if (refusal !== undefined) {
    sendPage(response, refusal.status, refusal.page);
    return;
  }
  if (body === undefined) {
    response.setHeader('connection', 'close');
    sendPage(response, 413, TOO_LARGE);
    return;
  }
  const page = await findPage(token, deps.desk);
  if (page === undefined) {
    sendPage(response, 404, gonePage());
    return;
  }
  const parsed = parseDepositForm(body);
  if ('faults' in parsed) {
    sendPage(response, 422, depositPage(page, parsed.faults));
    return;
  }
  try {
    await deps.desk.accept(token, parsed.form.code, parsed.form.credential);
  } catch (error) {
    await explain(error, token, response, deps);
    return;
  }
  sendPage(response, 200, storedPage());
}

const TOO_LARGE = messagePage(
  'That was too much',
  'The form was larger than any credential. Go back, copy only the value itself, and send it again. Nothing was stored.',
);

function refuseSender(
  request: IncomingMessage,
  trustProxy: boolean,
): { readonly status: number; readonly page: string } | undefined {
  if (!isSameOrigin(request, trustProxy)) {
    return {
      status: 403,
      page: messagePage(
        'This form was not accepted',
        'It was not sent from this page itself. Open the link from Slack again, with https:// in front, in an up-to-date browser. Nothing was stored.',
      ),
    };
  }
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded') return undefined;
  return {
    status: 415,
    page: messagePage(
      'This form was not accepted',
      'Use the form on the page that the link from Slack opens. Nothing was stored.',
    ),
  };
}

async function findPage(token: string, desk: DepositDesk): Promise<DepositPage | undefined> {
  try {
    return await desk.find(token);
  } catch (error) {
    if (hasCode(error, 'not-found')) return undefined;
    throw error;
  }
}

/**
 * Shows why. Whether the link still works is looked up again, because `not-found` may as well be
 * the vendor's word and because the last wrong code closes the page.
 */
async function explain(
  error: unknown,
  token: string,
  response: ServerResponse,
  { desk, log }: DepositRouteDeps,
): Promise<void> {
  if (!(error instanceof ProductError) || error.code === 'internal') {
    log.error({ err: error, route: 'deposit-take' }, 'A deposit failed');
  } else {
    const { code, subject } = error;
    log.warn({ code, subject, route: 'deposit-take' }, 'A deposit was refused');
  }
  const page = await findPage(token, desk);
  if (page !== undefined) {
    sendPage(response, statusOf(error), depositPage(page, [faultOf(error)]));
  } else if (hasCode(error, 'invalid-input')) {
    sendPage(response, 422, closedPage(error.message));
  } else {
    sendPage(response, 404, gonePage());
  }
}

const ABOUT_CREDENTIAL: readonly ErrorCode[] = [
  'invalid-input',
  'unauthenticated',
  'verification-failed',
];

function faultOf(error: unknown): DepositFault {
  if (!(error instanceof ProductError)) {
    return {
      field: null,
      message:
        'Something went wrong inside the app, not with what you typed. Try again in a minute; if it happens again, tell the people who run this app.',
    };
  }
  if (error.subject === 'code') return { field: 'code', message: error.message };
  const isAboutIt = ABOUT_CREDENTIAL.includes(error.code);
  return { field: isAboutIt ? 'credential' : null, message: error.message };
}

const PASSING: readonly ErrorCode[] = ['timeout', 'unreachable', 'unavailable', 'rate-limited'];

function statusOf(error: unknown): number {
  if (!(error instanceof ProductError) || error.code === 'internal') return 500;
  return PASSING.includes(error.code) ? 503 : 422;
}
