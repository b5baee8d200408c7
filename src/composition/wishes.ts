import type { Log } from '../lib/log.ts';
import type { Queue } from '../queue/queue.ts';
import type { UseCaseDeps } from '../requests/deps.ts';

/**
 * Tells the queue what has become due. What was changed is in the records already, so a queue that
 * cannot be reached only makes it later: the sweep finds it there.
 */
export function wishesTo(queue: Queue, log: Log): UseCaseDeps['wish'] {
  return async ({ id, version }, what) => {
    try {
      if (what === 'provision') await queue.provision(id, version);
      // People look for the card of a new request; later changes come in crowds and are gathered.
      else await queue.render(id, version === 1 ? 0 : undefined);
    } catch (error) {
      log.warn({ requestId: id, what, err: error }, 'The queue did not take a wish');
    }
  };
}
