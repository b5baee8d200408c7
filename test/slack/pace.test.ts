import { describe, expect, test } from 'vitest';

import { createPace } from '../../src/slack/pace.ts';

const NOW = '2026-11-23T10:00:00.000Z';
const clock = { now: () => new Date(NOW) };

function inMs(ms: number): string {
  return new Date(Date.parse(NOW) + ms).toISOString();
}

describe('the pace of Slack calls', () => {
  test('waits for the reserved slot', async () => {
    const waited: number[] = [];
    const pace = createPace(
      async () => inMs(1500),
      clock,
      async (ms) => void waited.push(ms),
    );

    await pace.turn('chat.postMessage', 'C1');

    expect(waited).toEqual([1500]);
  });

  test('goes at once when a slot is free', async () => {
    const waited: number[] = [];
    const pace = createPace(
      async () => NOW,
      clock,
      async (ms) => void waited.push(ms),
    );

    await pace.turn('chat.update', 'C1');

    expect(waited).toEqual([]);
  });

  test('hands a long wait back to the queue', async () => {
    const pace = createPace(async () => inMs(90_000), clock);

    await expect(pace.turn('chat.update', 'C1')).rejects.toMatchObject({
      code: 'rate-limited',
      retryAfterMs: 90_000,
    });
  });

  test('counts messages for each channel and other calls for the workspace', async () => {
    const buckets: string[] = [];
    const pace = createPace(async (bucket) => {
      buckets.push(bucket);
      return NOW;
    }, clock);

    await pace.turn('chat.postMessage', 'C1');
    await pace.turn('chat.update', 'C1');

    expect(buckets).toEqual(['slack:chat.postMessage:C1', 'slack:chat.update']);
  });

  test('takes only a slot that is free now for somebody who is waiting', async () => {
    const patience: (number | undefined)[] = [];
    const slots = [NOW, inMs(1)];
    const pace = createPace(async (_bucket, _every, _burst, now, patienceMs) => {
      patience.push(patienceMs);
      return slots.shift() ?? now;
    }, clock);

    const first = await pace.free('chat.update', 'C1');
    const second = await pace.free('chat.update', 'C1');

    expect([first, second]).toEqual([true, false]);
    expect(patience).toEqual([0, 0]);
  });

  test('goes as much faster as the workspace’s clock does', async () => {
    const every: number[] = [];
    const reserve = async (_bucket: string, everyMs: number) => {
      every.push(everyMs);
      return NOW;
    };

    await createPace(reserve, clock).turn('chat.postMessage', 'C1');
    await createPace(reserve, clock, undefined, 10).turn('chat.postMessage', 'C1');

    expect(every).toEqual([1000, 100]);
  });

  test('counts a call that nobody can wait for, and survives a failing count', async () => {
    let counted = 0;
    const pace = createPace(async () => {
      counted += 1;
      throw new Error('no database');
    }, clock);

    pace.note('views.open', '');
    await Promise.resolve();

    expect(counted).toBe(1);
  });
});
