import { describe, expect, inject, it } from 'vitest';

import { createLog } from '../../src/lib/log.ts';
import { openQueue } from '../../src/queue/open-queue.ts';
import { describeQueue } from '../contracts/queue-contract.ts';
import { freshRedis } from '../support/redis.ts';

// Without any Redis on this machine the suite is left out; the run has said so at its start.
const servers = inject('redisUrl') === '' ? [] : ['Redis'];

describe.each(servers)('the queue in %s', () => {
  describeQueue(async () => {
    const redis = freshRedis();
    return {
      port: Number(new URL(redis.url).port || 6379),
      prefix: redis.prefix,
      place(otherPort) {
        const url = new URL(redis.url);
        if (otherPort !== undefined) url.port = String(otherPort);
        return { redisUrl: url.href };
      },
      flush: () => redis.flush(),
      dump: () => redis.dump(),
      close: () => redis.close(),
    };
  });
});

describe('a Redis that is not there', () => {
  it('is said to be out of reach, and the queue still closes', async () => {
    const queue = await openQueue(
      { redisUrl: 'redis://127.0.0.1:1' },
      { log: createLog('silent'), timings: { patienceMs: 500 } },
    );

    const wish = queue.provision('SA-1', 1);

    await expect(wish).rejects.toMatchObject({ code: 'unreachable', subject: 'queue' });
    await queue.close();
  });
});
