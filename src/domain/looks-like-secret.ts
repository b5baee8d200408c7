import { carriesSecret } from './secret.ts';

// How tokens and keys of the usual systems begin.
const TOKEN =
  /gh[pousr]_\w|github_pat_|glpat-|ATATT|xox[abeprs]-|xapp-|hvs\.|AKIA[A-Z0-9]|eyJ[\w-]{10,}\.|-----BEGIN/;
// Long runs of mixed letters and digits are tokens more often than they are names or paths.
const LOOKS_RANDOM = /(?=[\w-]*\d)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{24,}/;

/** Would somebody regret having typed this where others read it? A guess, on the safe side. */
export function looksLikeSecret(text: string): boolean {
  return TOKEN.test(text) || LOOKS_RANDOM.test(text) || carriesSecret(text);
}
