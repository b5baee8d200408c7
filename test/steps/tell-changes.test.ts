import { describe, expect, test } from 'vitest';

import { createLog } from '../../src/lib/log.ts';
import { tellChanges } from '../../src/steps/tell-changes.ts';
import { aRequest } from '../support/builders.ts';

const silent = createLog('silent');

describe('telling of changes', () => {
  test('tells the first change at once and the last one in any case, not each in between', async () => {
    const told: number[] = [];
    const telling = tellChanges(async ({ version }) => void told.push(version), silent);

    for (const version of [1, 2, 3]) await telling.changed(aRequest({ version }));
    const meanwhile = [...told];
    await telling.ended();

    expect(meanwhile).toEqual([1]);
    expect(told).toEqual([1, 3]);
  });

  test('does not tell the same change twice at the end', async () => {
    const told: number[] = [];
    const telling = tellChanges(async ({ version }) => void told.push(version), silent);

    await telling.changed(aRequest({ version: 1 }));
    await telling.ended();

    expect(told).toEqual([1]);
  });

  test('waits at the end for what is still being told', async () => {
    let over = false;
    const telling = tellChanges(async () => {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      over = true;
    }, silent);

    await telling.changed(aRequest());
    await telling.ended();

    expect(over).toBe(true);
  });

  test('goes on when a change cannot be told, and logs it', async () => {
    const lines: string[] = [];
    const log = createLog('warn', { write: (line) => lines.push(line) });
    const telling = tellChanges(async () => {
      throw new Error('no queue');
    }, log);

    await telling.changed(aRequest());
    await telling.ended();

    expect(lines.join('')).toContain('SA-7K3F9Q');
  });
});
