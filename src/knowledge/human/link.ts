import { looksLikeSecret } from '../../domain/looks-like-secret.ts';

const LONGEST = 500;

/** What a person gave as the page's address, as it is kept; a finding when it is none. */
export function readLink(
  answer: string,
  hosts: readonly string[],
): { readonly url: string } | { readonly finding: string } {
  if (looksLikeSecret(answer)) {
    return {
      finding:
        'What you wrote looks like a secret. If it was one, have it revoked now; here only the address of the page is wanted.',
    };
  }
  const url = URL.canParse(answer) ? new URL(answer) : undefined;
  if (url === undefined || url.protocol !== 'https:' || answer.length > LONGEST) {
    return { finding: 'That is not an address beginning with https://.' };
  }
  if (url.username !== '' || url.password !== '') {
    return { finding: 'Give the address without a user name and password.' };
  }
  if (!hosts.includes(url.hostname) || url.port !== '') {
    return { finding: `That page is not on ${hosts.join(' or ')}, where pages are kept.` };
  }
  return { url: url.href };
}
