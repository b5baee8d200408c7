import { randomBytes, randomInt } from 'node:crypto';

import { Secret } from '../domain/secret.ts';

// No look-alikes and nothing that a shell, a URL or a form might eat.
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
const SMALL = 'abcdefghijkmnopqrstuvwxyz';
const DIGITS = '23456789';
const SIGNS = '-_.+=@';
const LENGTH = 32;

export function randomId(bytes = 16): string {
  return randomBytes(bytes).toString('base64url');
}

/** 32 characters with at least one of each class, about 190 bits. */
export function generatePassword(): Secret {
  const every = LETTERS + SMALL + DIGITS + SIGNS;
  const characters = [pick(LETTERS), pick(SMALL), pick(DIGITS), pick(SIGNS)];
  while (characters.length < LENGTH) characters.push(pick(every));
  for (let last = characters.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other] ?? '', characters[last] ?? ''];
  }
  return new Secret(characters.join(''));
}

function pick(alphabet: string): string {
  return alphabet.charAt(randomInt(alphabet.length));
}
