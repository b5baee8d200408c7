import { DelayedError } from 'bullmq';
import { z } from 'zod';

import type { Log } from '../lib/log.ts';
import type { ActiveJob, Processor, QueueName } from './backend.ts';
import type { RunResult } from './queue.ts';

const dataSchema = z.object({ requestId: z.string() });

/**
 * Runs a handler for a job. Nothing it throws reaches BullMQ, which would keep the message in clear
 * text: it is logged, and the job comes back later. How often to try is for the records to say.
 */
export function jobProcessor(
  queue: QueueName,
  handle: (requestId: string) => Promise<RunResult>,
  retryMs: number,
  log: Log,
): Processor {
  return async (job, token) => {
    const data = dataSchema.safeParse(job.data);
    if (!data.success) {
      log.error({ queue, job: job.id }, 'A job without a request was dropped');
      return;
    }
    const { requestId } = data.data;
    const result = await run(() => handle(requestId));
    if (result.kind === 'again') await putBack(job, token, result.afterMs);

    async function run(work: () => Promise<RunResult>): Promise<RunResult> {
      try {
        return await work();
      } catch (error) {
        log.error({ err: error, queue, requestId }, 'A job failed and is put back');
        return { kind: 'again', afterMs: retryMs };
      }
    }
  };

  async function putBack(job: ActiveJob, token: string | undefined, afterMs: number) {
    try {
      // The queue runs on the machine's clock, whatever clock the product is given.
      await job.moveToDelayed(Date.now() + afterMs, token);
    } catch (error) {
      log.warn({ err: error, queue, job: job.id }, 'A job was lost; the sweep will find it again');
      return;
    }
    // How BullMQ is told that the job has been dealt with; burns no attempt.
    throw new DelayedError();
  }
}
