import { ProductError } from '../domain/errors.ts';

export function failed(subject: string, message: string, cause?: unknown): ProductError {
  return new ProductError('verification-failed', { subject, message, cause });
}

/** Demands equality of two sets and names what is missing and what is too much. */
export function needSame(
  subject: string,
  what: string,
  wanted: readonly string[],
  has: readonly string[],
): void {
  const difference = describeDifference(wanted, has);
  if (difference === undefined) return;
  throw failed(
    subject,
    `The token does not have exactly the right ${what}: ${difference}. Make it anew as the task describes.`,
  );
}

/** "lacks a, b; has c too many"; undefined when both are the same. */
export function describeDifference(
  wanted: readonly string[],
  has: readonly string[],
): string | undefined {
  const lacks = wanted.filter((one) => !has.includes(one));
  const extra = has.filter((one) => !wanted.includes(one));
  const parts = [
    ...(lacks.length > 0 ? [`it lacks ${lacks.join(', ')}`] : []),
    ...(extra.length > 0 ? [`it has ${extra.join(', ')} too many`] : []),
  ];
  return parts.length === 0 ? undefined : parts.join('; ');
}
