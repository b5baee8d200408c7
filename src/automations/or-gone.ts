import { hasCode } from '../domain/errors.ts';

/** Undefined when the other side says that it, or its place, is not there; other failures stay. */
export async function orGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (hasCode(error, 'not-found')) return undefined;
    throw error;
  }
}
