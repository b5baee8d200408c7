import { ProductError } from '../domain/errors.ts';
import type { Slot } from './automation.ts';

/** @throws ProductError `invalid-input` with the first of the sentences that is there */
export function refuseWith(subject: string, ...sentences: readonly (string | undefined)[]): void {
  const message = sentences.find((sentence) => sentence !== undefined);
  if (message !== undefined) throw new ProductError('invalid-input', { subject, message });
}

export function nameTaken(where: string, { secretName }: Slot): ProductError {
  return new ProductError('name-taken', {
    subject: secretName,
    message: `${secretName} already exists in ${where} and is not ours; choose another name, such as ${secretName}_2.`,
  });
}

/** `what` goes on after the name: "is not set in acme/web". */
export function notVerified({ secretName }: Slot, what: string): ProductError {
  return new ProductError('verification-failed', {
    subject: secretName,
    message: `${secretName} ${what}. Retry the step that puts it there.`,
  });
}

export function notAllowed(place: string, targets: readonly string[]): string {
  return `The policy does not allow ${place}; it allows ${targets.join(', ')}.`;
}
