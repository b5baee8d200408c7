import { Redis } from 'ioredis';
import { inject } from 'vitest';

export interface OwnRedis {
  readonly url: string;
  close(): Promise<void>;
}

const RESERVED = 'reserved-for-a-journey';
const RESERVATION_SECONDS = 600;
const DATABASES = 16;

/**
 * An empty database of the Redis that is there, for one test file: a product's keys have fixed
 * names, and the server may be somebody's own. Undefined where there is no Redis, or no room in it.
 */
export async function ownRedis(): Promise<OwnRedis | undefined> {
  if (inject('redisUrl') === '') return undefined;
  for (let database = DATABASES - 1; database > 0; database -= 1) {
    const url = new URL(inject('redisUrl'));
    url.pathname = `/${database}`;
    const redis = new Redis(url.href);
    if (await reserve(redis)) return { url: url.href, close: () => leave(redis) };
    redis.disconnect();
  }
  return undefined;
}

async function reserve(redis: Redis): Promise<boolean> {
  const got = await redis.set(RESERVED, 'yes', 'EX', RESERVATION_SECONDS, 'NX');
  if (got === null) return false;
  if ((await redis.dbsize()) === 1) return true;
  await redis.del(RESERVED);
  return false;
}

async function leave(redis: Redis): Promise<void> {
  const ours = await redis.keys('flow:*');
  await redis.del(RESERVED, ...ours);
  await redis.quit();
}
