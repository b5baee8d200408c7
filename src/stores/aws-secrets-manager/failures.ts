import { ProductError } from '../../domain/errors.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { retryAfterMs } from '../../lib/http.ts';
import type { HttpAnswer } from '../../lib/http.ts';
import { failure } from './schema.ts';

export const SYSTEM = 'AWS Secrets Manager';

const NOT_US = [
  'unauthenticated',
  'AWS does not accept our keys. Check `auth`, and that this machine’s clock is right.',
] as const;
const SLOWER = ['rate-limited', 'AWS asks us to be slower.'] as const;
const NO_KEY = [
  'invalid-config',
  'AWS cannot use the KMS key of this secret. Check `kms_key_id`, that the key is enabled, and our rights on it.',
] as const;

// https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html
const MEANING: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ResourceNotFoundException: ['not-found', 'AWS has no such secret.'],
  ResourceExistsException: ['conflict', 'AWS holds another value of this secret than expected.'],
  AccessDeniedException: [
    'missing-permission',
    'AWS does not allow this with our role. Run `doctor`: it prints the policy that is needed.',
  ],
  UnrecognizedClientException: NOT_US,
  InvalidClientTokenId: NOT_US,
  InvalidSignatureException: NOT_US,
  SignatureDoesNotMatch: NOT_US,
  IncompleteSignature: NOT_US,
  MissingAuthenticationTokenException: NOT_US,
  ExpiredTokenException: NOT_US,
  ThrottlingException: SLOWER,
  TooManyRequestsException: SLOWER,
  LimitExceededException: [
    'limit-reached',
    'AWS says that a limit of Secrets Manager is reached. Look at the quotas of the account.',
  ],
  EncryptionFailure: NO_KEY,
  DecryptionFailure: NO_KEY,
  InternalServiceError: ['unavailable', 'AWS Secrets Manager is not available at the moment.'],
  ServiceUnavailable: ['unavailable', 'AWS Secrets Manager is not available at the moment.'],
};

/** AWS says what went wrong by a name in the body; nearly all of it comes with status 400. */
export function explain(answer: HttpAnswer, clock: Clock): ProductError | undefined {
  const parsed = failure.safeParse(answer.body);
  if (!parsed.success) return undefined;
  const { kind, text } = parsed.data;
  // There is no name of its own for a deleted secret.
  if (kind === 'InvalidRequestException' && /(?:marked|scheduled) for deletion/.test(text)) {
    return new ProductError('conflict', { subject: SYSTEM, message: DELETED });
  }
  const [code, message] = MEANING[kind] ?? [];
  if (code === undefined || message === undefined) return undefined;
  return new ProductError(code, {
    subject: SYSTEM,
    message,
    ...(code === 'rate-limited' ? { retryAfterMs: retryAfterMs(answer.headers, clock) } : {}),
  });
}

const DELETED = 'This secret is scheduled for deletion in AWS Secrets Manager.';
