import { expect, test } from 'vitest';

import { createNewest } from '../../src/slack/newest.ts';

test('does one piece of work at a time and only the newest of those that wait', async () => {
  const newest = createNewest();
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  const piece = (name: string) => async () => {
    done.push(name);
    if (name === 'first') await gate.promise;
  };

  const all = [newest('form', piece('first'))];
  await Promise.resolve();
  await Promise.resolve();
  all.push(newest('form', piece('second')), newest('form', piece('third')));
  gate.resolve();
  await Promise.all(all);

  expect(done).toEqual(['first', 'third']);
});

test('keeps different forms apart and goes on after a failure', async () => {
  const newest = createNewest();
  const done: string[] = [];

  const failing = newest('one', () => Promise.reject(new Error('no')));
  const other = newest('two', async () => void done.push('two'));
  await expect(failing).rejects.toThrow('no');
  await other;
  await newest('one', async () => void done.push('one again'));

  expect(done).toEqual(['two', 'one again']);
});
