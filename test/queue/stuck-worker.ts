// A worker that never finishes its job; started by the queue's tests, to be killed.
import { createLog } from '../../src/lib/log.ts';
import { openQueue } from '../../src/queue/open-queue.ts';
import type { QueuePlace } from '../../src/queue/open-queue.ts';

const [place, prefix] = process.argv.slice(2);
const queue = await openQueue(JSON.parse(place ?? '{}') as QueuePlace, {
  log: createLog('silent'),
  prefix: prefix ?? '',
  timings: { lockMs: 1000, sweepEveryMs: 60_000 },
});
await queue.work(
  {
    async provision(id) {
      process.stdout.write(`${id}\n`);
      return new Promise(() => undefined);
    },
    render: async () => ({ kind: 'idle' }),
    care: async () => ({ kind: 'idle' }),
    index: async () => undefined,
    sweep: async () => undefined,
  },
  1,
);
