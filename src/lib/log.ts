import { pino } from 'pino';

import { scrub } from '../domain/secret.ts';

export type Log = ReturnType<typeof createLog>;

/** JSON lines on standard output (or the given stream), with living secret values blanked. */
export function createLog(
  level: string,
  destination: { write(line: string): unknown } = process.stdout,
) {
  return pino(
    { level, base: null, serializers: { err: describeError } },
    { write: (line: string) => destination.write(scrub(line)) },
  );
}

/** Name, message and code of an error and its causes; no headers, bodies or requests. */
export function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code, subject } = error as { code?: unknown; subject?: unknown };
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof subject === 'string' ? { subject } : {}),
    ...(depth < 3 && error.cause !== undefined
      ? { cause: describeError(error.cause, depth + 1) }
      : {}),
    stack: error.stack
      ?.split('\n')
      .slice(1, 6)
      .map((line) => line.trim()),
  };
}
