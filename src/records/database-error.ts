import { DatabaseError } from 'pg';

import { ProductError, toProductError } from '../domain/errors.ts';

const SUBJECT = 'database';

/** Runs a query; whatever the driver throws comes out as a `ProductError`. */
export async function asking<T>(query: () => Promise<T>): Promise<T> {
  try {
    return await query();
  } catch (error) {
    throw describe(error);
  }
}

/** SQLSTATE 23505. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '23505';
}

function describe(error: unknown): ProductError {
  if (error instanceof DatabaseError) return describeAnswer(error);
  if (error instanceof Error && isConnectionTrouble(error)) {
    const message = 'The database could not be reached. Is it running? It is tried again.';
    return new ProductError('unreachable', { subject: SUBJECT, message, cause: error });
  }
  return toProductError(error, SUBJECT);
}

function describeAnswer(cause: DatabaseError): ProductError {
  const sqlState = cause.code ?? '';
  // Shutting down, starting up, full, given up after our own time limit, or lost to another.
  if (/^(?:08|40|53|57)/.test(sqlState)) {
    const message = 'The database is not available at the moment. It is tried again.';
    return new ProductError('unavailable', { subject: SUBJECT, message, cause });
  }
  if (/^(?:28|3D)/.test(sqlState)) {
    const message =
      'The database server turned us away. Check user, password and database name in DATABASE_URL.';
    return new ProductError('invalid-config', { subject: SUBJECT, message, cause });
  }
  const message = 'The database refused a query of ours. The log has the details.';
  return new ProductError('internal', { subject: SUBJECT, message, cause });
}

// The driver gives its own troubles no code, only these words.
const DRIVER_WORDS = /connection terminated|connection error|timeout|not queryable|pool after/i;

function isConnectionTrouble(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return /^E[A-Z]+$/.test(code ?? '') || DRIVER_WORDS.test(error.message);
}
