import { ProductError } from '../domain/errors.ts';
import type { MailboxSpec } from './mailboxes.ts';

/** How an object at the mail provider tells people and the app what it is for. */
export function describeAddress({ marker, purpose }: MailboxSpec): string {
  return `Service account (${marker}). ${purpose}`;
}

/** It exists and yet is not shown: it may be our own, a moment ago, or somebody else's. */
export function addressHidden(address: string, holders: string): ProductError {
  return new ProductError('unavailable', {
    subject: address,
    message: `${address} exists already, but its owner is not shown. It may still be in the making; if this goes on, it belongs to ${holders}, and you need another address.`,
  });
}

/** Somebody else has the address; taking it over would let two owners read one mailbox. */
export function addressTaken(address: string, holder: string): ProductError {
  return new ProductError('name-taken', {
    subject: address,
    message: `${address} is taken by ${holder}, which this app did not make for this account. Choose another address, or let your mail admin free this one.`,
  });
}
