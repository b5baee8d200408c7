import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';

import { ProductError } from '../domain/errors.ts';
import type { ErrorCode } from '../domain/errors.ts';

/** Slack's own word for what it refused ("channel_not_found"); undefined for any other failure. */
export function slackWord(error: unknown): string | undefined {
  const cause = error instanceof ProductError ? error.cause : error;
  return cause instanceof WebAPIPlatformError ? cause.data.error : undefined;
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  invalid_auth: 'unauthenticated',
  not_authed: 'unauthenticated',
  account_inactive: 'unauthenticated',
  token_revoked: 'unauthenticated',
  token_expired: 'unauthenticated',
  missing_scope: 'missing-permission',
  no_permission: 'missing-permission',
  not_allowed_token_type: 'missing-permission',
  not_in_channel: 'missing-permission',
  channel_not_found: 'not-found',
  user_not_found: 'not-found',
  user_not_visible: 'not-found',
  message_not_found: 'not-found',
  internal_error: 'unavailable',
  fatal_error: 'unavailable',
  service_unavailable: 'unavailable',
  request_timeout: 'timeout',
};

const ADVICE: Readonly<Record<string, string>> = {
  missing_scope: 'The Slack app lacks a permission; reinstall it from its manifest.',
  not_in_channel: 'The app is not in the channel; invite it with /invite.',
  channel_not_found:
    'Slack does not show the app that channel; check its id and invite the app with /invite.',
  is_archived: 'The channel is archived; choose another one in the configuration.',
  expired_trigger_id: 'That took too long for Slack to open a form.',
  plan_upgrade_required: 'This Slack plan has no user groups; name approvers one by one.',
};

/** Any failure of a Slack call as our own error, without its headers, body or token. */
export function explainSlack(error: unknown, method: string): ProductError {
  if (error instanceof ProductError) return error;
  if (error instanceof WebAPIRateLimitedError) {
    return new ProductError('rate-limited', {
      subject: 'Slack',
      message: 'Slack asks us to slow down.',
      retryAfterMs: error.retryAfter * 1000,
      cause: error,
    });
  }
  if (error instanceof WebAPIPlatformError) {
    const word = error.data.error;
    const message = ADVICE[word] ?? `Slack refused ${method}: ${word}.`;
    return new ProductError(CODES[word] ?? 'refused', { subject: 'Slack', message, cause: error });
  }
  return unclear(error);
}

function unclear(error: unknown): ProductError {
  if (error instanceof WebAPIHTTPError) {
    const code = error.statusCode >= 500 ? 'unavailable' : 'unexpected-answer';
    const message = `Slack answered ${error.statusCode}.`;
    return new ProductError(code, { subject: 'Slack', message, cause: error });
  }
  if (error instanceof WebAPIRequestError && error.original.name === 'TimeoutError') {
    const message = 'Slack did not answer in time.';
    return new ProductError('timeout', { subject: 'Slack', message, cause: error });
  }
  const message = 'Slack could not be reached.';
  return new ProductError('unreachable', { subject: 'Slack', message, cause: error });
}
