import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { ACTION, COMMAND } from '../../src/slack/ids.ts';
import { aRequest } from './builders.ts';
import { asText, CHANNEL, openRoom } from './room.ts';
import type { Room } from './room.ts';

let room: Room;

beforeEach(async () => {
  room = await openRoom();
});

afterEach(() => room.close());

/** A request whose card is in the channel. */
async function withCard(request = aRequest()): Promise<void> {
  room.memory.put(request);
  await room.app.render(request.id);
}

describe('HTTP', () => {
  const payload = { type: 'event_callback', event: { type: 'app_home_opened', user: 'U0ASKER' } };

  test.each([
    ['another secret', { secret: 'wrong' }],
    ['a timestamp 301 s old', { shiftSeconds: -301 }],
    ['a timestamp from the future', { shiftSeconds: 3600 }],
    ['an altered body', { alter: (body: string) => `${body} ` }],
    ['no timestamp', { headers: { 'x-slack-request-timestamp': '' } }],
  ])('refuses %s', async (_, forgery) => {
    const answer = await room.slack.rawPost('event', payload, forgery);

    expect(answer.status).toBe(401);
  });

  test('waits at the end for what is under way', async () => {
    await withCard();
    room.slack.setDelay(100);
    await room.slack.as('U0APPROVER').click(ACTION.approve);

    await room.app.stop();

    expect(room.memory.requests.get('SA-7K3F9Q')?.state).toBe('approved');
    expect(asText(room.slack.messages(CHANNEL))).toContain('Approved by');
  });
});

describe('Socket Mode', () => {
  test('serves the same listeners without a public address', async () => {
    await room.close();
    room = await openRoom({ socket: true });

    await room.slack.as('U0ASKER').slashCommand(`${COMMAND} help`);

    await room.told('U0ASKER', 'opens the form');
    expect(room.app.requestListener).toBeUndefined();
  });
});
