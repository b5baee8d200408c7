/**
 * What went wrong, by meaning. `slack/sentences.ts` has one sentence per code and `steps/retry.ts`
 * one reaction per code, so a new code does not compile until both know it.
 */
export type ErrorCode =
  // Nothing certain is known: the other side may have done it.
  | 'timeout'
  | 'unreachable'
  | 'unavailable'
  // The other side answered.
  | 'rate-limited'
  | 'unauthenticated'
  | 'missing-permission'
  | 'not-found'
  | 'exists'
  | 'name-taken'
  | 'limit-reached'
  | 'refused'
  | 'unexpected-answer'
  // Our own rules.
  | 'conflict'
  | 'invalid-input'
  | 'invalid-config'
  | 'verification-failed'
  | 'secret-exposed'
  | 'internal';

export interface ProductErrorOptions {
  /** The thing it is about, safe to show: a vendor, a key, an address. Never a secret. */
  readonly subject: string;
  /** One plain sentence for a person: what happened and, where known, what to do. */
  readonly message: string;
  /** Milliseconds the other side asked us to wait; only with `rate-limited`. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** The one error type that crosses rooms. Matched by `code`, never by text. */
export class ProductError extends Error {
  override readonly name = 'ProductError';
  readonly code: ErrorCode;
  readonly subject: string;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, options: ProductErrorOptions) {
    super(options.message, { cause: options.cause });
    this.code = code;
    this.subject = options.subject;
    this.retryAfterMs = options.retryAfterMs;
  }
}

export function hasCode(error: unknown, ...codes: ErrorCode[]): error is ProductError {
  return error instanceof ProductError && codes.includes(error.code);
}

/** Did the call possibly take effect although it failed? Then look before doing it again. */
export function isAmbiguous(error: unknown): boolean {
  return hasCode(error, 'timeout', 'unreachable', 'unavailable', 'unexpected-answer');
}

/** Wraps whatever was thrown, so that what leaves a room is always a `ProductError`. */
export function toProductError(error: unknown, subject: string): ProductError {
  if (error instanceof ProductError) return error;
  const message = 'Something unexpected went wrong inside the app. The log has the details.';
  return new ProductError('internal', { subject, message, cause: error });
}
