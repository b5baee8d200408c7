import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { aTask, aWaitingRequest } from './builders.ts';
import { asText, openRoom } from './room.ts';
import type { Room } from './room.ts';

const ARRIVAL =
  'Mail from github.com has arrived (2026-11-23 12:03 UTC). Open it in the mailbox flow-bot.';

let room: Room;

beforeEach(async () => {
  room = await openRoom();
});

afterEach(() => room.close());

const arrivals = () =>
  room.slack.world.messages.filter((message) => asText([message]).includes('envelope_with_arrow'));

describe('mail that a task waited for', () => {
  test('is told to the assignee in a message of its own, once', async () => {
    const task = aTask({ expectsMail: { from: ['github.com'] } });
    room.memory.put(aWaitingRequest(task));
    await room.app.render('SA-7K3F9Q');
    const before = arrivals().length;
    room.memory.put(aWaitingRequest({ ...task, arrival: ARRIVAL, finding: ARRIVAL }));

    await room.app.render('SA-7K3F9Q');
    await room.app.render('SA-7K3F9Q');

    expect(before).toBe(0);
    expect(arrivals()).toHaveLength(1);
    expect(asText(arrivals())).toContain(ARRIVAL);
  });
});
