import type { RequestListener } from 'node:http';

import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { Queue } from 'bullmq';

import type { JobQueue } from './backend.ts';

/**
 * Bull-board over our queues. It shows ids, times and states; of a job's data only which request it
 * is about. Read-only twice over: the adapters refuse changes, and whoever serves it lets only GET in.
 */
export function queueBoard(queues: readonly JobQueue[], basePath: string): RequestListener {
  const serverAdapter = new ExpressAdapter();
  serverAdapter.setBasePath(basePath);
  createBullBoard({
    queues: queues.map((queue) => readOnly(queue)),
    serverAdapter,
    options: { uiConfig: { boardTitle: 'Queues', hideRedisDetails: true } },
  });
  return serverAdapter.getRouter() as RequestListener;
}

function readOnly(queue: JobQueue): BullMQAdapter {
  // What the backends make are BullMQ queues; `JobQueue` is the part of them that we use.
  const adapter = new BullMQAdapter(queue as unknown as Queue, { readOnlyMode: true });
  adapter.setFormatter('data', (data: { requestId?: unknown } | undefined) =>
    typeof data?.requestId === 'string' ? { requestId: data.requestId } : {},
  );
  adapter.setFormatter('returnValue', () => null);
  adapter.setFormatter('progress', () => 0);
  return adapter;
}
