import { ProductError } from '../domain/errors.ts';
import { carriesSecret, Secret } from '../domain/secret.ts';

const PLACEHOLDER = '[secret]';

/**
 * JSON for the database, unless there is a secret in it: as a `Secret`, as a printed one, or as a
 * living value in any text or key. Nothing has been written when this throws.
 * @throws ProductError `secret-exposed`
 */
export function toSafeJson(value: unknown, subject: string): string {
  const texts: string[] = [];

  function look(this: unknown, key: string, shown: unknown): unknown {
    // By now `Secret.toJSON` has run; the holder still has the object itself.
    const original = (this as Record<string, unknown>)[key];
    if (original instanceof Secret || shown === PLACEHOLDER) throw exposed(subject);
    texts.push(key);
    if (typeof shown !== 'string') return shown;
    texts.push(shown);
    // jsonb takes neither a NUL nor half of a character, which careless cutting leaves behind.
    return shown.replaceAll('\0', '').toWellFormed();
  }

  const json = JSON.stringify(value, look);
  if (carriesSecret(texts.join('\n'))) throw exposed(subject);
  return json;
}

function exposed(subject: string): ProductError {
  return new ProductError('secret-exposed', {
    subject,
    message: `Something about ${subject} was about to be saved with a credential in it. It was not saved; please report this as a defect.`,
  });
}
