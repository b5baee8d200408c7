import type { Kind } from './request.ts';

// Crockford's alphabet: no I, L, O, U, so an id can be read out and typed without mistakes.
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ID_LENGTH = 6;

/** `SA-7K3F9Q` from 6 random bytes; five bits of each are used. */
export function requestId(random: Uint8Array): string {
  const letters = [...random.subarray(0, ID_LENGTH)].map((byte) => ALPHABET[byte % 32]);
  return `SA-${letters.join('')}`;
}

/** An id as people type it (`sa-7k3f9q`, `7K3F9Q`), made canonical; undefined if it is none. */
export function parseRequestId(text: string): string | undefined {
  const match = /^(?:sa-)?([0-9a-hjkmnp-tv-z]{6})$/i.exec(text.trim());
  return match?.[1] === undefined ? undefined : `SA-${match[1].toUpperCase()}`;
}

/**
 * The deterministic mark that everything made for a request carries at the outside systems, so
 * that a second run finds what the first one made: `flow-sa-7k3f9q`.
 */
export function marker(id: string): string {
  return `flow-${id.toLowerCase()}`;
}

/** Name of a vendor token; `generation` starts at 1 and rises with each rotation. */
export function tokenName(id: string, generation: number): string {
  return `${marker(id)}-${generation}`;
}

export const PROPOSED_LOCAL_PART: Readonly<Record<Kind, string>> = {
  integration: 'flow-integrations',
  automation: 'automation',
  'flow-user': 'flow-api',
};

// RFC 5321 allows more; vendors do not. This is what every vendor on our list accepts.
const LOCAL_PART = /^[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])?$/;

export function isLocalPart(text: string): boolean {
  return LOCAL_PART.test(text) && !text.includes('..');
}

/**
 * The account's login where the vendor lets us choose one: the local part plus the request's mark,
 * because logins are global at most vendors and must never collide with somebody else's.
 */
export function proposedLogin(localPart: string, id: string): string {
  const stem = localPart.replaceAll(/[^a-z0-9]+/g, '-').slice(0, 28);
  return `${stem}-${id.slice(3).toLowerCase()}`;
}

/** Where a new credential waits until it has taken the old one's place. */
export function nextName(name: string): string {
  return `${name}-next`;
}

/** Where the old credential is kept until it is revoked. */
export function previousName(name: string): string {
  return `${name}-previous`;
}

/** The one name of a request's credential in the secret store; flat, no slashes, no personal data. */
export function secretName(id: string, part: 'token' | 'password' | 'api-key'): string {
  return `${marker(id)}-${part}`;
}
