import { ProductError } from '../../domain/errors.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import type { HttpAnswer } from '../../lib/http.ts';
import { failure } from './schema.ts';

export const SYSTEM = '1Password';

// https://developer.1password.com/docs/connect/api-reference
const MEANING: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  400: ['refused', '1Password Connect refused what we wrote.'],
  401: [
    'unauthenticated',
    '1Password Connect does not accept our token. It may have expired: make a new one.',
  ],
  403: [
    'missing-permission',
    '1Password Connect does not allow this with our token. Run `doctor`: it prints the command for one that suffices.',
  ],
  404: ['not-found', '1Password Connect has no such vault or item.'],
};

/** Only what Connect itself answered: a proxy's 404 says nothing about an item. */
export function explain({ status, body }: HttpAnswer): ProductError | undefined {
  const [code, message] = MEANING[status] ?? [];
  if (code === undefined || message === undefined) return undefined;
  if (failure.safeParse(body).success) {
    return new ProductError(code, { subject: SYSTEM, message });
  }
  if (status !== 404) return undefined;
  return new ProductError('invalid-config', {
    subject: SYSTEM,
    message: 'No 1Password Connect server answers there. Check `connect_url`.',
  });
}
