import { ProductError } from '../domain/errors.ts';
import { looksLikeSecret } from '../domain/looks-like-secret.ts';

/** Said at the field: whatever is typed in Slack has been seen by Slack. */
export const TYPED_SECRET =
  'This looks like a password or token. Leave it out; if it was one, have it revoked now, because Slack has seen it.';

/** The fields whose text looks like a credential. */
export function fieldsWithSecrets(texts: Readonly<Record<string, string>>): string[] {
  return Object.entries(texts).flatMap(([field, text]) => (looksLikeSecret(text) ? [field] : []));
}

/** @throws ProductError `invalid-input`; `subject` is the field */
export function refuseSecrets(texts: Readonly<Record<string, string>>): void {
  const [field] = fieldsWithSecrets(texts);
  if (field === undefined) return;
  throw new ProductError('invalid-input', { subject: field, message: TYPED_SECRET });
}
