import { ProductError } from '../../domain/errors.ts';
import type { SecretMeta } from '../store.ts';
import { SYSTEM } from './failures.ts';

// https://learn.microsoft.com/azure/key-vault/secrets/about-secrets#secret-tags; one is kept for
// the mark of what we removed.
const MOST = 14;
const LONGEST = 256;

/** Labels as Azure takes them for tags: cut to its limits, none empty. */
export function asTags(meta: SecretMeta): SecretMeta {
  const entries = Object.entries(meta)
    .map(([key, value]) => [key, value.slice(0, LONGEST).trim()] as const)
    .filter(([, value]) => value !== '');
  if (entries.length <= MOST && entries.every(([key]) => key.length <= LONGEST)) {
    return Object.fromEntries(entries);
  }
  const message = `${SYSTEM} keeps at most ${MOST} labels with names of at most ${LONGEST} characters.`;
  throw new ProductError('invalid-input', { subject: SYSTEM, message });
}
