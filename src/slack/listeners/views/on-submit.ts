import { setTimeout as after } from 'node:timers/promises';

/** Slack drops a form that is not answered within three seconds. */
const PATIENCE_MS = 2300;

/** The work's result, or undefined when it takes longer than Slack waits; it goes on regardless. */
export async function withinPatience<T>(
  work: Promise<T>,
  patienceMs = PATIENCE_MS,
): Promise<T | undefined> {
  const stop = new AbortController();
  const patience = after(patienceMs, undefined, { signal: stop.signal }).catch(() => undefined);
  try {
    return await Promise.race([work, patience]);
  } finally {
    stop.abort();
  }
}
