import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { ACTION } from '../../src/slack/ids.ts';
import { aRequest, aTask, aWaitingRequest, withStep } from './builders.ts';
import { asText, CHANNEL, openRoom, SEEN } from './room.ts';
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

const card = () => room.slack.messages(CHANNEL)[0]!;

describe('tasks', () => {
  test('“Done” has the check run, for the assignee only', async () => {
    await withCard(aWaitingRequest(aTask()));

    await room.slack.as('U0OTHER').click(ACTION.taskDone);
    await room.told('U0OTHER', 'is assigned to <@U0ADMIN>');
    await room.slack.as('U0ADMIN').click(ACTION.taskDone);
    await room.told('U0ADMIN', 'is being checked now');

    expect(room.memory.answers).toEqual([{}]);
  });

  test('“Done” asks for what the task needs to know', async () => {
    const fields = [{ id: 'login', label: 'Login', hint: 'As registered', example: 'flow-bot' }];
    await withCard(aWaitingRequest(aTask({ fields })));
    const admin = room.slack.as('U0ADMIN');

    await admin.click(ACTION.taskDone);
    await admin.openView();
    await admin.fillIn({ login: ' acme-flow ' });
    const submission = await admin.submit();

    expect(submission).toEqual({ outcome: 'closed' });
    await room.told('U0ADMIN', 'is being checked now');
    expect(room.memory.answers).toEqual([{ login: 'acme-flow' }]);
  });

  test('the one-time page and its code are shown to the assignee in a modal, and nowhere else', async () => {
    const deposit = { label: 'GitHub token', secretName: 'flow-sa-7k3f9q-token' };
    await withCard(aWaitingRequest(aTask({ deposit })));

    await room.slack.as('U0ADMIN').click(ACTION.deposit);
    await room.viewSays('U0ADMIN', '314-159');
    await room.slack.as('U0OTHER').click(ACTION.deposit);
    await room.viewSays('U0OTHER', 'is assigned to <@U0ADMIN>');

    expect(asText(room.slack.world.messages)).not.toContain('314-159');
    expect(asText(room.slack.world.messages)).not.toContain('t0ken');
    expect(room.log.join('\n')).not.toContain('314-159');
  });

  test('a link opens a page and needs no answer', async () => {
    await withCard(aWaitingRequest(aTask()));

    const click = await room.slack.as('U0ADMIN').click('Open GitHub');

    expect(click.url).toBe('https://github.example/signup');
    expect(click.delivery?.status).toBe(200);
  });

  test('a task that is over answers “Done” privately', async () => {
    await withCard(aWaitingRequest(aTask()));
    const seen = room.slack.thread(CHANNEL, card().ts)[0]!;
    room.memory.put(
      aRequest({ state: 'provisioning', steps: withStep('vendor-user', { state: 'done' }) }),
    );
    await room.app.render('SA-7K3F9Q');

    await room.slack.as('U0ADMIN').click(ACTION.taskDone, { message: seen });

    expect(await room.told('U0ADMIN', 'is assigned to nobody any more')).toBe(SEEN);
  });
});
