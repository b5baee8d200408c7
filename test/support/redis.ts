import { randomBytes } from 'node:crypto';

import { Redis } from 'ioredis';
import { inject } from 'vitest';

export interface FreshRedis {
  readonly url: string;
  /** Every key of this test begins with it. */
  readonly prefix: string;
  /** What FLUSHALL would do to us, without harming other tests on the same server. */
  flush(): Promise<void>;
  /** Every key and value of this test, as text. */
  dump(): Promise<string>;
  close(): Promise<void>;
}

/** Only where `inject('redisUrl')` is not empty. */
export function freshRedis(): FreshRedis {
  const url = inject('redisUrl');
  const prefix = `test-${randomBytes(6).toString('hex')}`;
  const redis = new Redis(url, { lazyConnect: true });

  async function keys(): Promise<string[]> {
    const found: string[] = [];
    for await (const page of redis.scanStream({ match: `${prefix}:*`, count: 1000 })) {
      found.push(...(page as string[]));
    }
    return found;
  }

  async function flush(): Promise<void> {
    const all = await keys();
    if (all.length > 0) await redis.del(...all);
  }

  return {
    url,
    prefix,
    flush,
    async dump() {
      const texts = await Promise.all((await keys()).map((key) => readable(redis, key)));
      return texts.join('\n');
    },
    async close() {
      await flush();
      await redis.quit();
    },
  };
}

async function readable(redis: Redis, key: string): Promise<string> {
  const readers: Record<string, () => Promise<unknown>> = {
    string: () => redis.get(key),
    hash: () => redis.hgetall(key),
    list: () => redis.lrange(key, 0, -1),
    set: () => redis.smembers(key),
    zset: () => redis.zrange(key, '0', '-1'),
    stream: () => redis.xrange(key, '-', '+'),
  };
  const value = await readers[await redis.type(key)]?.();
  return `${key} ${JSON.stringify(value)}`;
}
