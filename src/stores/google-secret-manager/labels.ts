import { ProductError } from '../../domain/errors.ts';
import type { SecretMeta } from '../store.ts';
import { SYSTEM } from './failures.ts';

// https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets (annotations)
const KEY = /^[a-z0-9A-Z](?:[\w.-]{0,61}[a-z0-9A-Z])?$/;
const MOST_BYTES = 16 * 1024;

/** Labels as annotations: those of Google's own that are called labels take small letters only. */
export function asAnnotations(meta: SecretMeta): SecretMeta {
  const entries = Object.entries(meta).filter(([, value]) => value !== '');
  const size = Buffer.byteLength(entries.flat().join(''));
  if (size < MOST_BYTES && entries.every(([key]) => KEY.test(key))) {
    return Object.fromEntries(entries);
  }
  const message = `${SYSTEM} keeps at most 16 KiB of labels with names of at most 63 letters, digits, dots, dashes and underscores.`;
  throw new ProductError('invalid-input', { subject: SYSTEM, message });
}
