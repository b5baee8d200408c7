import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

import type { Log } from '../lib/log.ts';
import { STREAMS } from './backend.ts';
import type { Backend } from './backend.ts';

// Commands give up after a few reconnects, so that nobody hangs on a Redis that is gone.
const COMMAND_RETRIES = 3;
const CONNECT_MS = 5000;
const LONGEST_RECONNECT_MS = 2000;

/** `prefix` begins the name of every key, so that several apps can share one Redis. */
export function redisBackend(url: string, prefix: string, log: Log): Backend {
  const commands = connect(url, COMMAND_RETRIES, log);
  // BullMQ demands that a worker's commands wait for ever; each worker copies it for blocking.
  const forWorkers = connect(url, null, log);
  return {
    queue(name) {
      const queue = new Queue(name, { connection: commands, prefix, streams: STREAMS });
      queue.on('error', (error) => log.warn({ err: error, queue: name }, 'Queue trouble'));
      return queue;
    },
    worker(name, process, settings) {
      const worker = new Worker(name, process, { connection: forWorkers, prefix, ...settings });
      worker.on('error', (error) => log.warn({ err: error, queue: name }, 'Worker trouble'));
      return worker;
    },
    ping: async () => void (await commands.ping()),
    close: async () => void (await Promise.all([hangUp(commands), hangUp(forWorkers)])),
  };
}

function connect(url: string, maxRetriesPerRequest: number | null, log: Log): Redis {
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest,
    connectTimeout: CONNECT_MS,
    retryStrategy: (times) => Math.min(times * 100, LONGEST_RECONNECT_MS),
  });
  redis.on('error', (error: Error) => log.warn({ err: error }, 'Redis connection trouble'));
  return redis;
}

async function hangUp(redis: Redis): Promise<void> {
  if (redis.status === 'ready') await redis.quit().catch(() => undefined);
  redis.disconnect();
}
