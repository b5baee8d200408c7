import { ProductError } from '../../domain/errors.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import type { HttpAnswer } from '../../lib/http.ts';
import { failure } from './schema.ts';

export const SYSTEM = 'Google Secret Manager';

// https://cloud.google.com/apis/design/errors#handling_errors; quota (429) and 5xx are the client's.
const MEANING: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  NOT_FOUND: ['not-found', 'Google has no such secret.'],
  ALREADY_EXISTS: ['exists', 'Google already has a secret of this name.'],
  UNAUTHENTICATED: ['unauthenticated', 'Google no longer accepts our token.'],
  ABORTED: ['conflict', 'Somebody else changed this secret in Google at the same time.'],
  FAILED_PRECONDITION: ['conflict', 'Google does not allow this in the secret’s present state.'],
  INVALID_ARGUMENT: ['refused', 'Google refused what we wrote.'],
};

export function explain({ body }: HttpAnswer): ProductError | undefined {
  const parsed = failure.safeParse(body);
  if (!parsed.success) return undefined;
  const { status, details = [] } = parsed.data.error;
  if (status === 'PERMISSION_DENIED') {
    const isOff = details.some(({ reason }) => reason === 'SERVICE_DISABLED');
    return isOff
      ? error(
          'invalid-config',
          'The Secret Manager API is not enabled in this project. Enable it: gcloud services enable secretmanager.googleapis.com',
        )
      : error(
          'missing-permission',
          'Google does not allow this with our roles. Run `doctor`: it prints the roles that are needed.',
        );
  }
  const [code, message] = MEANING[status] ?? [];
  return code === undefined || message === undefined ? undefined : error(code, message);
}

function error(code: ErrorCode, message: string): ProductError {
  return new ProductError(code, { subject: SYSTEM, message });
}
