import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect, it } from 'vitest';

import { PEOPLE } from '../../src/sandbox/people.ts';
import { expectOne, FORWARDS, killingEverywhere, ONE } from '../support/killed-everywhere.ts';
import { WITH_HISTORY } from '../support/killed-runs.ts';
import { openLanes } from '../support/lanes.ts';
import { fate } from '../support/mortal.ts';
import { live, openMortalWorld, submit } from '../support/mortal-world.ts';
import type { Life } from '../support/mortal-world.ts';
import { ORDERS } from '../support/orders.ts';
import { cardsOf, postsOf } from '../support/traces.ts';

const killEverywhere = killingEverywhere();

describe('A process that is killed between any two effects and started again', () => {
  it('leaves one of everything, and each message once, of a GitLab account for Flow', async () => {
    const run = { ...FORWARDS, order: ORDERS.gitlab, workspace: WITH_HISTORY };

    const deaths = await killEverywhere(run, async (ending, where) => {
      await expectOne(ending, where, ONE);
      const posts = Object.entries(postsOf(ending.world, ending.request.id));
      expect
        .soft(
          posts.filter(([, times]) => times !== 1),
          where,
        )
        .toEqual([]);
    });

    expect(deaths).toBeGreaterThan(50);
  }, 180_000);
});

describe('A process that is killed before it has noted where its card is', () => {
  it('posts a second card without the history scopes; a click on the first one leads there', async () => {
    const lanes = await openLanes();
    const [lane] = lanes.all;
    const world = await openMortalWorld(lane.records, lane.clock);
    const before = await world.start();
    const id = await submit(before, {
      ...(await ORDERS.gitlab(before)),
      localPart: 'two-cards',
      purpose: 'Shows what becomes of a second card.',
      owner: PEOPLE.owner.id,
      rotationDays: '90',
    });
    // The intent and the card in Slack are two changes; noting the card would be the third.
    const life = await world.start(fate(2));
    await expect(life.slack.render(id)).rejects.toThrow();
    world.forget();
    const next = await world.start();
    await next.slack.render(id);
    const [orphan, card] = cardsOf(world, id);
    const door = await openDoor(next);
    world.slack.connect(door.url);

    await world.slack.as(PEOPLE.approver.id).click('approve', { message: orphan! });
    const retired = await world.slack.waitFor(() => {
      const text = JSON.stringify(cardsOf(world, id)[0]?.blocks);
      return text.includes('approve') ? undefined : text;
    });

    expect(retired).toContain(`/p${card!.ts.replace('.', '')}`);
    expect(await next.records.get(id)).toMatchObject({ state: 'approved' });
    const end = await live(world, next, id, { goal: 'done', speaks: true });
    expect(end.state).toBe('done');
    expect(cardsOf(world, id)).toHaveLength(2);
    expect(JSON.stringify(cardsOf(world, id)[0]?.blocks)).toBe(retired);
    await door.close();
    await world.close();
    await lanes.close();
  });
});

/** Where Slack's requests reach a process. */
async function openDoor({ slack }: Life) {
  const server = createServer((request, response) => slack.requestListener?.(request, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/slack/events`,
    async close() {
      await slack.close();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}
