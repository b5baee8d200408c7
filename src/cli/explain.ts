import { ConfigError } from '../config/problem.ts';
import { ProductError } from '../domain/errors.ts';
import { scrub } from '../domain/secret.ts';

/** What a person at a terminal gets to see of an error: a sentence when we know one. */
export function explainAndExit(error: unknown): never {
  const known = error instanceof ConfigError || error instanceof ProductError;
  const text =
    known || !(error instanceof Error) ? messageOf(error) : (error.stack ?? error.message);
  console.error(scrub(text));
  process.exit(1);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
