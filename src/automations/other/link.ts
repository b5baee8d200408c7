import { looksLikeSecret } from '../../domain/looks-like-secret.ts';
import type { Secret } from '../../domain/secret.ts';

const LONGEST = 500;
/** What a person gave as the place must be a link and nothing else; undefined when it is. */
export function refuseLink(answer: string, credential: Secret): string | undefined {
  if (answer.includes(credential.reveal()) || looksLikeSecret(answer)) {
    return 'What you wrote looks like a secret. If it was one, tell a vendor admin to revoke it now; here only a link is wanted.';
  }
  const url = URL.canParse(answer) ? new URL(answer) : undefined;
  if (url === undefined || url.protocol !== 'https:' || answer.length > LONGEST) {
    return 'That is not an address beginning with https://.';
  }
  return url.username !== '' || url.password !== '' || url.search !== ''
    ? 'Give the address without a user name and without anything after a question mark.'
    : undefined;
}
