import type { Request } from '../domain/request.ts';
import type { Log } from '../lib/log.ts';

interface Telling {
  changed(request: Request): Promise<void>;
  /** Resolves when everything has been told. */
  ended(): Promise<void>;
}

/** A render job waits longer than this for more, so nobody sees a change later for it. */
const GATHER_MS = 200;

/**
 * Passes on that a request has changed while its next step is already under way: the first change
 * at once, those that follow within a moment as one, and the last in any case.
 */
export function tellChanges(tell: (request: Request) => Promise<void>, log: Log): Telling {
  const told: Promise<void>[] = [];
  let waiting: Request | undefined;
  let timer: NodeJS.Timeout | undefined;

  function pass(request: Request): void {
    waiting = undefined;
    timer = setTimeout(look, GATHER_MS);
    told.push(
      tell(request).catch((error: unknown) => {
        log.warn({ requestId: request.id, err: error }, 'A change is shown with the next sweep');
      }),
    );
  }

  function look(): void {
    timer = undefined;
    if (waiting !== undefined) pass(waiting);
  }

  return {
    async changed(request) {
      if (timer === undefined) pass(request);
      else waiting = request;
    },
    async ended() {
      clearTimeout(timer);
      look();
      clearTimeout(timer);
      await Promise.all(told);
    },
  };
}
