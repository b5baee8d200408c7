import { toProductError } from '../domain/errors.ts';
import { problem } from '../domain/finding.ts';
import type { Finding } from '../domain/finding.ts';

/** Something that can say how it stands. */
export interface Check {
  /** "GitLab acme". */
  readonly name: string;
  check(): Promise<Finding[]>;
}

/** Asks all at once; a check that breaks is a finding, not a crash. */
export async function findingsOf(checks: readonly Check[]): Promise<Finding[]> {
  return (await Promise.all(checks.map(guarded))).flat();
}

async function guarded(one: Check): Promise<Finding[]> {
  try {
    return await one.check();
  } catch (error) {
    const { message } = toProductError(error, one.name);
    return [problem(one.name, message, 'Mend what it says, then run doctor again.')];
  }
}
