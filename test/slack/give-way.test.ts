import { describe, expect, test } from 'vitest';

import { createGiveWay } from '../../src/slack/give-way.ts';

const turn = () =>
  new Promise<void>((resolve) => {
    setImmediate(resolve);
  });

describe('giving way to acknowledgements', () => {
  test('goes on after one turn when nothing else has come', async () => {
    const giveWay = createGiveWay();
    const order: string[] = [];

    giveWay.arrived();
    const work = giveWay.toOthers().then(() => order.push('work'));
    await turn();
    await turn();
    order.push('two turns later');
    await work;

    expect(order).toEqual(['work', 'two turns later']);
  });

  test('waits while others keep coming', async () => {
    const giveWay = createGiveWay();
    let began = false;

    const work = giveWay.toOthers().then(() => (began = true));
    for (let index = 0; index < 5; index += 1) {
      giveWay.arrived();
      await turn();
    }
    const whileTheyCame = began;
    await work;

    expect(whileTheyCame).toBe(false);
    expect(began).toBe(true);
  });

  test('does not wait for a crowd that never ends', async () => {
    const giveWay = createGiveWay();
    let over = false;
    const crowd = (async () => {
      while (!over) {
        giveWay.arrived();
        await turn();
      }
    })();

    await giveWay.toOthers();
    over = true;

    await expect(crowd).resolves.toBeUndefined();
  });
});
