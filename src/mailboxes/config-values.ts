import { z } from 'zod';

import { isLoopback } from './smtp.ts';

export const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*$/i;
export const ADDRESS =
  /^[a-z0-9][a-z0-9._+-]*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*$/i;

/** Where a service is; our key goes there, so it must be https, but for loopback. */
export function serviceUrl(usual: string) {
  return z
    .url()
    .refine((text) => isSafe(text), `an https URL such as ${usual}`)
    .transform((text) => text.replace(/\/+$/, ''))
    .default(usual);
}

function isSafe(text: string): boolean {
  const url = URL.parse(text);
  if (url === null) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}
