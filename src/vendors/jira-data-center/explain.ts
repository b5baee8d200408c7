import { ProductError } from '../../domain/errors.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import { captchaWords, unknownAddress } from '../../lib/data-center-gate.ts';
import type { HttpAnswer } from '../../lib/http.ts';
import { refusalSchema } from './schema.ts';

/** Who is asking: a refusal means something else for each. */
export type Asker = 'our token' | 'the password' | 'the token';

/** Turns Jira's refusals into errors by meaning; undefined leaves it to the status alone. */
export function explain(name: string, asker: Asker, answer: HttpAnswer): ProductError | undefined {
  const { status } = answer;
  const fail = (code: ErrorCode, message: string): ProductError =>
    new ProductError(code, { subject: name, message });
  if (status === 404 && answer.body === undefined) return unknownAddress(name, 'Jira');
  if (status !== 401 && status !== 403) return undefined;
  if (wantsCaptcha(answer.headers)) return fail('missing-permission', captchaOf(name, asker));
  if (status === 403 && /basic auth/i.test(wordsOf(answer.body))) {
    return fail(
      'missing-permission',
      `${name} takes no passwords over its REST API. Set "token: by-hand" for this connection, or put the account on Jira's list of exceptions for basic authentication.`,
    );
  }
  return status === 401 ? fail('unauthenticated', deadWords(name, asker)) : lacks(name, asker);
}

/** What a refusal says, for telling kinds apart. */
export function wordsOf(body: unknown): string {
  const {
    message = '',
    errorMessages = [],
    errors = {},
  } = refusalSchema.safeParse(body).data ?? {};
  return [message, ...errorMessages, ...Object.values(errors)].join(' ');
}

/** https://developer.atlassian.com/server/jira/platform/basic-authentication/, "CAPTCHA". */
function wantsCaptcha(headers: Headers): boolean {
  return (
    /CAPTCHA/i.test(headers.get('x-authentication-denied-reason') ?? '') ||
    /AUTHENTICATION_DENIED/.test(headers.get('x-seraph-loginreason') ?? '')
  );
}

const CAPTCHA = {
  product: 'Jira',
  where: 'Administration, User management, the user, Reset failed login count',
};

function captchaOf(name: string, asker: Asker): string {
  return captchaWords(name, asker === 'our token' ? 'our own account' : 'this account', CAPTCHA);
}

function deadWords(name: string, asker: Asker): string {
  switch (asker) {
    case 'our token':
      return `${name} no longer accepts our own token. Make a new personal access token for that administrator and put it into the configuration.`;
    case 'the password':
      return `${name} does not accept the stored password of this account.`;
    case 'the token':
      return `${name} does not accept this token.`;
  }
}

function lacks(name: string, asker: Asker): ProductError {
  const message =
    asker === 'our token'
      ? `${name} does not let our own account do this. It needs the global permission "Administer Jira".`
      : `${name} does not let this account do this. It may lack access to Jira.`;
  return new ProductError('missing-permission', { subject: name, message });
}
