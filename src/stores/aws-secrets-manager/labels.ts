import { ProductError } from '../../domain/errors.ts';
import type { SecretMeta } from '../store.ts';
import { SYSTEM } from './failures.ts';

// https://docs.aws.amazon.com/secretsmanager/latest/userguide/managing-secrets_tagging.html
const MOST = 50;
const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;
const UNFIT = /[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu;

/** Labels as AWS takes them for tags: cut to its limits, other signs as spaces, none empty. */
export function asTagValues(meta: SecretMeta): SecretMeta {
  const entries = Object.entries(meta)
    .map(([key, value]) => [key, cut(value.replaceAll(UNFIT, ' ').trim())] as const)
    .filter(([, value]) => value !== '');
  if (entries.length <= MOST && entries.every(([key]) => isKey(key))) {
    return Object.fromEntries(entries);
  }
  const message = `${SYSTEM} keeps at most ${MOST} tags with names of at most ${LONGEST_KEY} characters that do not begin with "aws:".`;
  throw new ProductError('invalid-input', { subject: SYSTEM, message });
}

function isKey(key: string): boolean {
  return (
    key !== '' &&
    Array.from(key).length <= LONGEST_KEY &&
    !/^aws:/i.test(key) &&
    key.search(UNFIT) === -1
  );
}

function cut(text: string): string {
  return Array.from(text).slice(0, LONGEST_VALUE).join('').trim();
}
