import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { fault } from '../../src/sandbox/kit/faults.ts';
import { ACTION } from '../../src/slack/ids.ts';
import { aRequest } from './builders.ts';
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

describe('decisions', () => {
  test('an approval takes the buttons away within one Slack call', async () => {
    await withCard();
    const before = room.slack.apiCalls.length;

    const click = await room.slack.as('U0APPROVER').click(ACTION.approve);
    await room.slack.waitFor(() => asText(card().blocks).includes('Approved by <@U0APPROVER>'));

    const writes = room.slack.apiCalls
      .slice(before)
      .map(({ method }) => method)
      .filter((method) => method.startsWith('chat.'));
    expect(writes).toEqual(['chat.update']);
    expect(click.confirm?.title).toBe('Approve SA-7K3F9Q?');
    expect(asText(card().blocks)).not.toContain(ACTION.approve);
  });

  test('a member of the approvers’ group may approve', async () => {
    await withCard();

    await room.slack.as('U0GROUPIE').click(ACTION.approve);

    await expect.poll(() => asText(card().blocks)).toContain('Approved by <@U0GROUPIE>');
  });

  test('somebody who is no approver is told so privately, and it is kept', async () => {
    await withCard();

    await room.slack.as('U0OTHER').click(ACTION.approve);

    await room.told('U0OTHER', 'You are not an approver of SA-7K3F9Q');
    expect(room.slack.messages(CHANNEL)).toHaveLength(1);
    expect(room.slack.thread(CHANNEL, card().ts)).toEqual([]);
    expect(room.memory.refused).toEqual([
      { id: 'SA-7K3F9Q', by: 'U0OTHER', refusal: 'not-an-approver' },
    ]);
  });

  test('the second of two clicks hears who decided', async () => {
    await withCard();
    const seen = card();
    await room.slack.as('U0APPROVER').click(ACTION.approve, { message: seen });
    await room.slack.waitFor(() => asText(card().blocks).includes('Approved by'));

    await room.slack.as('U0GROUPIE').click(ACTION.approve, { message: seen });

    expect(await room.told('U0GROUPIE', 'was already approved by <@U0APPROVER>')).toBe(SEEN);
  });

  test('membership is asked for at the click, not remembered', async () => {
    await withCard();
    await room.slack.as('U0GROUPIE').openHome();
    await room.slack.waitFor(() => room.slack.as('U0GROUPIE').home());
    room.slack.setGroup({ id: 'S0APPROVERS', handle: 'approvers', users: [] });

    await room.slack.as('U0GROUPIE').click(ACTION.approve, { message: card() });

    expect(await room.told('U0GROUPIE', 'You are not an approver')).toBe(SEEN);
  });

  test('a group that Slack cannot list counts as empty, and the person hears why', async () => {
    await withCard();
    room.slack.refuseNext('usergroups.users.list', 'plan_upgrade_required');

    await room.slack.as('U0GROUPIE').click(ACTION.approve);

    await room.told('U0GROUPIE', 'this Slack plan has no user groups');
    expect(room.memory.requests.get('SA-7K3F9Q')?.state).toBe('pending');
  });

  test.each([
    ['a drop', fault.drop()],
    ['a rate limit', fault.rateLimited(30)],
    ['a breakdown', fault.status(500)],
  ])(
    'nothing is decided when the look-up meets %s, and the person hears of it',
    async (_, broken) => {
      await withCard();
      room.slack.injectFault('users.info', broken);

      await room.slack.as('U0APPROVER').click(ACTION.approve);

      await room.told('U0APPROVER', 'try again');
      expect(room.memory.requests.get('SA-7K3F9Q')?.state).toBe('pending');
    },
  );

  test('a decision stands when the card cannot be drawn', async () => {
    await withCard();
    room.slack.injectFault('chat.update', fault.status(500));

    await room.slack.as('U0APPROVER').click(ACTION.approve);
    await expect.poll(() => room.slack.callsTo('chat.update')).toHaveLength(1);
    await room.app.render('SA-7K3F9Q');

    expect(room.memory.requests.get('SA-7K3F9Q')?.state).toBe('approved');
    expect(asText(card().blocks)).toContain('Approved by');
  });

  test('a use case that breaks leaves the person with an answer', async () => {
    await withCard();
    room.faults.decide = new Error('kaboom with details');

    await room.slack.as('U0APPROVER').click(ACTION.approve);

    await room.told('U0APPROVER', 'Something unexpected went wrong');
    expect(asText(room.slack.as('U0APPROVER').ephemerals())).not.toContain('kaboom');
  });

  test('Deny asks for a reason, which the card shows word for word and harmless', async () => {
    await withCard();
    const approver = room.slack.as('U0APPROVER');

    await approver.click(ACTION.deny);
    await approver.openView();
    await approver.fillIn({ reason: 'see ticket: ABC-1: <!channel>' });
    const submission = await approver.submit();

    expect(submission).toEqual({ outcome: 'closed' });
    await room.slack.waitFor(() => asText(card().blocks).includes('Denied by <@U0APPROVER>'));
    expect(asText(card().blocks)).toContain('see ticket: ABC-1: &lt;!channel&gt;');
    expect(room.memory.requests.get('SA-7K3F9Q')?.decisions[0]?.reason).toBe(
      'see ticket: ABC-1: <!channel>',
    );
  });

  test('Deny does not take an empty reason', async () => {
    await withCard();
    const approver = room.slack.as('U0APPROVER');
    await approver.click(ACTION.deny);
    await approver.openView();

    await approver.fillIn({ reason: '   ' });
    const submission = await approver.submit();

    expect(submission.outcome).toBe('errors');
    expect(room.memory.requests.get('SA-7K3F9Q')?.state).toBe('pending');
  });

  test('Deny tells who may not decide before they write a reason, and it is kept', async () => {
    await withCard();

    await room.slack.as('U0OTHER').click(ACTION.deny);

    await room.viewSays('U0OTHER', 'You are not an approver');
    expect(room.memory.refused).toHaveLength(1);
  });

  test('a denial that comes too late is answered privately', async () => {
    await withCard();
    const approver = room.slack.as('U0APPROVER');
    await approver.click(ACTION.deny);
    await approver.openView();
    await room.slack.as('U0GROUPIE').click(ACTION.approve);
    await room.slack.waitFor(() => asText(card().blocks).includes('Approved by'));

    await approver.fillIn({ reason: 'No need' });
    await approver.submit();

    expect(await room.told('U0APPROVER', 'was already approved by <@U0GROUPIE>')).toBe(SEEN);
  });

  test('a second card is led to the first one after a click on it', async () => {
    await withCard();
    const [first] = [...room.memory.messages.values()];
    room.memory.messages.clear();
    await room.app.render('SA-7K3F9Q');
    const [orphan, present] = room.slack.messages(CHANNEL);

    await room.slack.as('U0APPROVER').click(ACTION.approve, { message: orphan! });

    await room.slack.waitFor(() =>
      asText(room.slack.messages(CHANNEL)[0]).includes('is shown in another message now'),
    );
    expect(first?.ts).toBe(orphan?.ts);
    expect(asText(room.slack.messages(CHANNEL)[1])).toContain('Approved by');
    expect(asText(room.slack.messages(CHANNEL)[0])).toContain(present!.ts.replace('.', ''));
  });

  test('retry and undo are for approvers, and say what happens now', async () => {
    const failure = {
      step: 'credential',
      code: 'unavailable',
      message: 'GitLab is down.',
      at: '2026-11-23T10:05:00.000Z',
    } as const;
    await withCard(aRequest({ state: 'failed', failure }));

    await room.slack.as('U0ASKER').click(ACTION.retry);
    await room.told('U0ASKER', 'You are not an approver');
    await room.slack.as('U0APPROVER').click(ACTION.retry);
    await room.told('U0APPROVER', 'is being tried again');
    await room.slack.as('U0APPROVER').click(ACTION.undo);
    await room.told('U0APPROVER', 'is being undone');

    expect(room.memory.requests.get('SA-7K3F9Q')?.state).toBe('undoing');
  });

  test('a button of an older version is answered', async () => {
    await withCard();
    const old = {
      ...card(),
      blocks: [
        {
          type: 'actions',
          block_id: 'b',
          elements: [
            {
              type: 'button',
              action_id: 'approve_v0',
              text: { type: 'plain_text', text: 'Old' },
              value: 'x',
            },
          ],
        },
      ],
    };

    await room.slack.as('U0APPROVER').click('approve_v0', { message: old });

    expect(await room.told('U0APPROVER', 'older version')).toBe(SEEN);
  });
});
