import type { Closeable } from '../lib/adapter.ts';
import type { Log } from '../lib/log.ts';
import type { JobQueue } from './backend.ts';

const SCHEDULE = 'sweep';

/**
 * Keeps the one schedule alive: made when it is missing, and again when the queue lost it with
 * everything else. Every worker looks after it; under one name they cannot make two.
 */
export async function keepSweeping(queue: JobQueue, everyMs: number, log: Log): Promise<Closeable> {
  let looking = Promise.resolve();

  async function look(): Promise<void> {
    try {
      const schedule = await queue.getJobScheduler(SCHEDULE);
      if (schedule !== undefined && isAlive(schedule, everyMs)) return;
      await queue.upsertJobScheduler(
        SCHEDULE,
        { every: everyMs },
        { name: SCHEDULE, opts: { removeOnComplete: true, removeOnFail: true } },
      );
    } catch (error) {
      log.warn({ err: error }, 'The sweep could not be scheduled; the next look tries again');
    }
  }

  await look();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, everyMs);
  return {
    async close() {
      clearInterval(timer);
      await looking;
    },
  };
}

// A turn that is long past never ran: its job went missing, and with it all that would follow.
function isAlive(schedule: { readonly every?: number; readonly next?: number }, everyMs: number) {
  const late = Date.now() - (schedule.next ?? 0);
  return schedule.every === everyMs && late < 3 * everyMs;
}
