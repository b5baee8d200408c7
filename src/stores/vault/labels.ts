import { ProductError } from '../../domain/errors.ts';
import type { SecretMeta } from '../store.ts';

// https://openbao.org/api-docs/secret/kv/kv-v2/ (custom_metadata): counts are bytes, and only
// printable characters pass.
const MOST = 64;
const LONGEST_KEY = 128;
const LONGEST_VALUE = 512;
const UNPRINTABLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;

/** Labels as Vault accepts them: printable, cut to its limits, none empty. */
export function asCustomMetadata(meta: SecretMeta): SecretMeta {
  const entries = Object.entries(meta)
    .map(([key, value]) => [key, cut(value.replaceAll(UNPRINTABLE, ' ').trim())] as const)
    .filter(([, value]) => value !== '');
  if (entries.length <= MOST && entries.every(([key]) => isKey(key))) {
    return Object.fromEntries(entries);
  }
  throw new ProductError('invalid-input', {
    subject: 'Vault',
    message: `Vault keeps at most ${MOST} labels with names of at most ${LONGEST_KEY} characters.`,
  });
}

function isKey(key: string): boolean {
  return key !== '' && Buffer.byteLength(key) <= LONGEST_KEY && key.search(UNPRINTABLE) === -1;
}

function cut(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= LONGEST_VALUE) return text;
  // A character cut in two decodes to U+FFFD, three bytes long: drop it.
  return bytes
    .subarray(0, LONGEST_VALUE)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
}
