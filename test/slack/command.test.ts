import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { fault } from '../../src/sandbox/kit/faults.ts';
import { ACTION, COMMAND, SHORTCUT } from '../../src/slack/ids.ts';
import { aRequest, aTask, aWaitingRequest } from './builders.ts';
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

describe('the command', () => {
  test('opens the form with one Slack call', async () => {
    const asker = room.slack.as('U0ASKER');

    await asker.slashCommand(COMMAND);
    await asker.openView();

    const calls = room.slack.apiCalls.map(({ method }) => method);
    expect(calls.slice(0, 2)).toEqual(['auth.test', 'views.open']);
  });

  test('opens the form for a kind at once when it is named', async () => {
    const asker = room.slack.as('U0ASKER');

    await asker.slashCommand(`${COMMAND} new flow-user`);

    expect(await room.viewSays('U0ASKER', 'Role in Flow')).toBe(SEEN);
  });

  test.each([
    ['help', 'opens the form'],
    ['nonsense <!channel>', 'none of the words'],
    ['constructor', 'none of the words'],
    ['new something', 'none of the words'],
    ['list', 'You own no service accounts'],
    ['status', 'Please add the id'],
    ['status SA-000000', 'There is no request'],
    ['cancel', 'Please add the id'],
    ['cancel SA-000000', 'There is no request'],
    ['doctor', 'Checked 0 things'],
  ])('answers “%s” privately', async (words, answer) => {
    await room.slack.as('U0ASKER').slashCommand(`${COMMAND} ${words}`);

    await room.told('U0ASKER', answer);
    expect(room.slack.messages(CHANNEL)).toEqual([]);
  });

  test('lists requests with links to their cards, and shows how one stands', async () => {
    await withCard();
    const asker = room.slack.as('U0ASKER');

    await asker.slashCommand(`${COMMAND} list`);
    await asker.slashCommand(`${COMMAND} status sa-7k3f9q`);

    await room.told('U0ASKER', `archives/${CHANNEL}/p${card().ts.replace('.', '')}`);
    expect(await room.told('U0ASKER', 'SA-7K3F9Q: Waiting for approval')).toBe(SEEN);
  });

  test('cancels the requester’s own request, and nobody else’s', async () => {
    await withCard();

    await room.slack.as('U0OWNER').slashCommand(`${COMMAND} cancel SA-7K3F9Q`);
    await room.told('U0OWNER', 'Only <@U0ASKER>');
    await room.slack.as('U0ASKER').slashCommand(`${COMMAND} cancel SA-7K3F9Q`);
    await room.told('U0ASKER', 'SA-7K3F9Q is cancelled');

    expect(room.memory.requests.get('SA-7K3F9Q')?.state).toBe('cancelled');
    expect(asText(card().blocks)).not.toContain('"actions"');
  });

  test.each([
    ['U0GUEST', 'Guests cannot ask'],
    ['U0FOREIGN', 'another workspace'],
    ['U0OTHER', 'do not let you ask'],
  ])('tells %s in the modal why they cannot ask', async (person, why) => {
    await room.slack.as(person).slashCommand(COMMAND);

    expect(await room.viewSays(person, why)).toBe(SEEN);
  });

  test('tells the person when Slack cannot say who they are', async () => {
    room.slack.injectFault('users.info', fault.status(503));

    await room.slack.as('U0ASKER').slashCommand(COMMAND);

    expect(await room.viewSays('U0ASKER', 'Please try again')).toBe(SEEN);
  });

  test('answers by direct message when the form cannot be opened and the return address fails', async () => {
    room.slack.refuseNext('views.open', 'expired_trigger_id');

    await room.slack.as('U0ASKER').slashCommand(COMMAND);

    expect(await room.told('U0ASKER', 'took too long for Slack to open a form')).toBe(SEEN);
  });
});

describe('the shortcut and the Home tab', () => {
  test('open the form as well', async () => {
    const asker = room.slack.as('U0ASKER');

    await asker.shortcut(SHORTCUT);
    await asker.openView();
    await asker.closeView();
    await asker.openHome();
    await room.slack.waitFor(() => asker.home());
    await asker.click(ACTION.openForm);

    expect(await room.viewSays('U0ASKER', 'What is the account for?')).toBe(SEEN);
  });

  test('the Home tab shows what waits for a person', async () => {
    await withCard();
    await withCard(aWaitingRequest(aTask(), { id: 'SA-000001' }));

    await room.slack.as('U0APPROVER').openHome();
    await room.slack.as('U0ADMIN').openHome();
    const approver = await room.slack.waitFor(() => room.slack.as('U0APPROVER').home());
    const admin = await room.slack.waitFor(() => room.slack.as('U0ADMIN').home());

    expect(asText(approver)).toContain('SA-7K3F9Q');
    expect(asText(admin)).toContain('Register the GitHub user');
  });
});
