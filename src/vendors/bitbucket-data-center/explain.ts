import { ProductError } from '../../domain/errors.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import { captchaWords, unknownAddress } from '../../lib/data-center-gate.ts';
import type { HttpAnswer } from '../../lib/http.ts';
import { plainRefusalSchema, refusalSchema } from './schema.ts';

/** Who is asking: a refusal means something else for each. */
export type Asker = 'our account' | 'the password' | 'the token';

type Fail = (code: ErrorCode, message: string) => ProductError;

/** Turns Bitbucket's refusals into errors by meaning; undefined leaves it to the status alone. */
export function explain(name: string, asker: Asker, answer: HttpAnswer): ProductError | undefined {
  const fail: Fail = (code, message) => new ProductError(code, { subject: name, message });
  const { status } = answer;
  if (status === 404 && !refusalSchema.safeParse(answer.body).success)
    return unknownAddress(name, 'Bitbucket');
  if (status === 401) return explainUnauthorised(name, asker, answer, fail);
  return status === 403 ? explainForbidden(name, asker, answer, fail) : undefined;
}

/** Bitbucket's 401 is its word for both: nobody is signed in, and this account may not do that. */
function explainUnauthorised(
  name: string,
  asker: Asker,
  answer: HttpAnswer,
  fail: Fail,
): ProductError {
  if (wantsCaptcha(answer)) return fail('unauthenticated', captchaOf(name, asker));
  const isSignedIn =
    signedInAs(answer.headers) !== undefined || /AuthorisationException/.test(wordsOf(answer.body));
  return isSignedIn
    ? fail('missing-permission', lackWords(name, asker))
    : fail('unauthenticated', deadWords(name, asker));
}

function explainForbidden(
  name: string,
  asker: Asker,
  answer: HttpAnswer,
  fail: Fail,
): ProductError {
  const words = wordsOf(answer.body);
  if (wantsCaptcha(answer)) return fail('unauthenticated', captchaOf(name, asker));
  if (/licen[cs]/i.test(words)) {
    return fail(
      'limit-reached',
      `${name} has no free licence for another user. Take one from somebody who no longer needs it, or buy more.`,
    );
  }
  if (/basic auth/i.test(words)) {
    const message =
      asker === 'our account'
        ? `${name} takes no passwords over its REST API, but has no other way for administration. Exempt our own account from that rule.`
        : `${name} takes no passwords over its REST API. Set "token: by-hand" for this connection, or exempt its service accounts from that rule.`;
    return fail('missing-permission', message);
  }
  return fail('missing-permission', lackWords(name, asker));
}

/** Every answer to somebody who is signed in carries their name. */
export function signedInAs(headers: Headers): string | undefined {
  const name = headers.get('x-ausername');
  return name === null || name === '' || name === 'anonymous' ? undefined : name;
}

function wordsOf(body: unknown): string {
  const plain = plainRefusalSchema.safeParse(body).data?.message ?? '';
  const errors = refusalSchema.safeParse(body).data?.errors ?? [];
  return [plain, ...errors.map((error) => `${error.exceptionName ?? ''} ${error.message ?? ''}`)]
    .join(' ')
    .trim();
}

function wantsCaptcha({ headers, body }: HttpAnswer): boolean {
  return (
    /CAPTCHA/i.test(headers.get('x-authentication-denied-reason') ?? '') ||
    /captcha/i.test(wordsOf(body))
  );
}

const CAPTCHA = {
  product: 'Bitbucket',
  where: 'Administration, Users, the user, Clear CAPTCHA challenge',
};

function captchaOf(name: string, asker: Asker): string {
  return captchaWords(name, asker === 'our account' ? 'our own account' : 'this account', CAPTCHA);
}

function deadWords(name: string, asker: Asker): string {
  switch (asker) {
    case 'our account':
      return `${name} does not accept our own username and password. Correct admin_username and admin_password in the configuration.`;
    case 'the password':
      return `${name} does not accept the stored password of this account.`;
    case 'the token':
      return `${name} does not accept this token.`;
  }
}

function lackWords(name: string, asker: Asker): string {
  return asker === 'our account'
    ? `${name} does not let our own account do this. It needs the global permission "Admin", and no fewer rights than the account that it changes.`
    : `${name} does not let this account do this.`;
}
