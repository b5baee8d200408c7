import type { SecretMeta } from '../store.ts';

/** Labels as text fields of an item: only empty ones cannot be kept. */
export function asFields(meta: SecretMeta): SecretMeta {
  return Object.fromEntries(Object.entries(meta).filter(([, value]) => value !== ''));
}
