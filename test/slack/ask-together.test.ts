import { describe, expect, test } from 'vitest';

import { createTogether } from '../../src/slack/ask-together.ts';

/** A question whose answers are given by hand, in the order of asking. */
function openQuestion() {
  const asked: { resolve(answer: string): void; reject(error: Error): void }[] = [];
  const ask = () =>
    new Promise<string>((resolve, reject) => {
      asked.push({ resolve, reject });
    });
  return { asked, ask };
}

describe('asking together', () => {
  test('all who come while a question is under way share the one after it', async () => {
    const { asked, ask } = openQuestion();
    const together = createTogether();

    const first = together('S1', ask);
    const others = [together('S1', ask), together('S1', ask)];
    asked[0]?.resolve('before');
    await first;
    await Promise.resolve();
    asked[1]?.resolve('after');

    expect(await first).toBe('before');
    expect(await Promise.all(others)).toEqual(['after', 'after']);
    expect(asked).toHaveLength(2);
  });

  test('different questions do not wait for each other', () => {
    const { asked, ask } = openQuestion();
    const together = createTogether();

    void together('S1', ask);
    void together('S2', ask);

    expect(asked).toHaveLength(2);
  });

  test('a question that failed is asked anew for those who waited', async () => {
    const { asked, ask } = openQuestion();
    const together = createTogether();

    const first = together('S1', ask);
    const second = together('S1', ask);
    asked[0]?.reject(new Error('no answer'));
    await expect(first).rejects.toThrow('no answer');
    await Promise.resolve();
    asked[1]?.resolve('after');

    expect(await second).toBe('after');
  });

  test('whoever comes when all is quiet asks at once', async () => {
    const together = createTogether();
    let count = 0;
    const ask = async () => (count += 1);

    await together('S1', ask);
    const second = await together('S1', ask);

    expect(second).toBe(2);
  });
});
