import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { fault } from '../../src/sandbox/kit/faults.ts';
import {
  anAccount,
  anIntegration,
  aRequest,
  aTask,
  aWaitingRequest,
  NOW,
  withStep,
} from './builders.ts';
import { asText, CHANNEL, openRoom } from './room.ts';
import type { Room } from './room.ts';

const ID = 'SA-7K3F9Q';
let room: Room;

beforeEach(async () => {
  room = await openRoom();
});

afterEach(() => room.close());

const cards = () => room.slack.messages(CHANNEL);
const thread = () => room.slack.thread(CHANNEL, cards()[0]?.ts ?? '');
const render = () => room.app.render(ID);
const failure = {
  step: 'credential',
  code: 'unavailable',
  message: 'GitLab is down.',
  at: NOW,
} as const;

describe('the card', () => {
  test('is posted once and edited in place, whatever is rendered how often', async () => {
    room.memory.put(aRequest());
    await render();
    await render();
    room.memory.put(aRequest({ state: 'cancelled' }));
    await render();

    expect(cards()).toHaveLength(1);
    expect(asText(cards()[0]?.blocks)).toContain('Cancelled');
    expect(room.slack.callsTo('chat.update')).toHaveLength(1);
  });

  test('carries the request’s id in its metadata and asks for no previews', async () => {
    room.memory.put(aRequest());

    await render();

    expect(cards()[0]?.metadata).toEqual({
      event_type: 'flow_service_account',
      event_payload: { request: ID, key: 'card' },
    });
    expect(room.slack.callsTo('chat.postMessage')[0]?.args).toMatchObject({
      unfurl_links: 'false',
      unfurl_media: 'false',
    });
  });

  test('is found by its metadata after a crash, where the app may read history', async () => {
    await room.close();
    const botScopes = ['commands', 'chat:write', 'im:write', 'users:read', 'usergroups:read'];
    room = await openRoom({
      workspace: { botScopes: [...botScopes, 'channels:history', 'metadata.message:read'] },
    });
    room.memory.put(aRequest());
    room.slack.injectFault('chat.postMessage', fault.dropAfterEffect());

    await expect(render()).resolves.toMatchObject({ kind: 'again' });
    await render();

    expect(cards()).toHaveLength(1);
  });

  test('is posted again after a crash where the app may not look', async () => {
    room.memory.put(aRequest());
    room.slack.injectFault('chat.postMessage', fault.dropAfterEffect());

    await expect(render()).resolves.toMatchObject({ kind: 'again' });
    await render();

    expect(cards()).toHaveLength(2);
  });

  test('is not looked for when Slack said that it did not take it', async () => {
    room.memory.put(aRequest());
    room.slack.refuseNext('chat.postMessage', 'not_in_channel');

    await expect(render()).rejects.toMatchObject({ code: 'missing-permission' });
    await render();

    expect(cards()).toHaveLength(1);
    expect(room.slack.callsTo('conversations.history')).toHaveLength(0);
  });

  test.each(['message_not_found', 'edit_window_closed', 'cant_update_message'])(
    'is posted anew when Slack answers an edit with %s',
    async (word) => {
      room.memory.put(aRequest());
      await render();
      room.memory.put(aRequest({ state: 'cancelled' }));
      room.slack.refuseNext('chat.update', word);

      const result = await render();

      expect(result).toEqual({ kind: 'idle' });
      expect(asText(cards()[1])).toContain('Cancelled');
    },
  );

  test('waits as long as Slack asks', async () => {
    room.memory.put(aRequest());
    room.slack.injectFault('chat.postMessage', fault.rateLimited(7));

    const first = await render();
    const second = await render();

    expect(first).toEqual({ kind: 'again', afterMs: 7000 });
    expect(second).toEqual({ kind: 'idle' });
    expect(cards()).toHaveLength(1);
  });

  test.each([
    ['a breakdown', fault.status(503)],
    ['half an answer', fault.half()],
  ])('is drawn in a later run after %s', async (_, broken) => {
    room.memory.put(aRequest());
    await render();
    room.memory.put(aRequest({ state: 'cancelled' }));
    room.slack.injectFault('chat.update', broken);

    await expect(render()).resolves.toMatchObject({ kind: 'again' });
    await render();

    expect(cards()).toHaveLength(1);
    expect(asText(cards()[0])).toContain('Cancelled');
  });

  test('is drawn by one run at a time', async () => {
    room.memory.put(aRequest());

    const results = await Promise.all([render(), render()]);

    expect(results).toContainEqual({ kind: 'again', afterMs: 1000 });
    expect(cards()).toHaveLength(1);
  });

  test('shows the newest state when the request changes while it is drawn', async () => {
    room.memory.put(aRequest());
    room.slack.setDelay(30);

    const rendering = render();
    room.slack.world.onChange(() => void room.memory.put(aRequest({ state: 'provisioning' })));
    const result = await rendering;

    expect(asText(cards()[0])).toContain('Being set up');
    expect(result.kind).toBe('again');
  });

  test('a request that does not exist is no reason to do anything', async () => {
    expect(await room.app.render('SA-000000')).toEqual({ kind: 'idle' });
  });
});

describe('the thread', () => {
  test('tells several events in one message, each once', async () => {
    room.memory.put(aRequest({ state: 'provisioning' }));
    room.memory.event('requested', 'U0ASKER');
    room.memory.event('approved', 'U0APPROVER');
    room.memory.event('started', 'system');
    room.memory.event('step-done', 'system', { step: 'address' });
    await render();
    room.memory.event('step-done', 'system', { step: 'mailbox' });
    await render();
    await render();

    expect(thread().map((one) => one.text)).toEqual([
      '<@U0APPROVER> approved this request.\nSetting up has begun.\nDone: Step address',
      'Done: Step mailbox',
    ]);
  });

  test('tells a refused click to nobody', async () => {
    room.memory.put(aRequest());
    room.memory.event('refused', 'U0OTHER', { why: 'not-an-approver' });

    await render();

    expect(thread()).toEqual([]);
  });

  test('reminds exactly those who can decide', async () => {
    room.memory.put(aRequest());
    room.memory.event('reminded', 'system');

    await render();

    expect(thread()[0]?.text).toContain('<@U0APPROVER>, <!subteam^S0APPROVERS>');
  });
});

describe('tasks', () => {
  test('are one message each, edited when the finding changes and closed when done', async () => {
    room.memory.put(aWaitingRequest(aTask()));
    await render();
    room.memory.put(aWaitingRequest(aTask({ finding: 'The invitation is still pending.' })));
    await render();
    const during = asText(thread());
    room.memory.put(
      aRequest({ state: 'provisioning', steps: withStep('vendor-user', { state: 'done' }) }),
    );
    await render();

    expect(thread()).toHaveLength(1);
    expect(during).toContain('The invitation is still pending.');
    expect(asText(thread())).toContain('Done and checked: Step vendor-user');
    expect(thread()[0]?.blocks.map(({ type }) => type)).toEqual(['section']);
  });

  test('come to their assignee as one direct message with a link, which is closed, too', async () => {
    room.memory.put(aWaitingRequest(aTask()));
    await render();
    await render();
    const [during] = room.slack.as('U0ADMIN').dms();
    room.memory.put(aRequest({ state: 'cancelled' }));
    await render();

    expect(during?.text).toContain(`archives/${CHANNEL}/p${thread()[0]?.ts.replace('.', '')}`);
    expect(room.slack.as('U0ADMIN').dms()).toHaveLength(1);
    expect(room.slack.as('U0ADMIN').dms()[0]?.text).toContain('No longer needed');
  });

  test('whose assignee cannot be written to still appear in the thread', async () => {
    room.memory.put(aWaitingRequest(aTask()));
    room.slack.refuseNext('conversations.open', 'user_disabled');

    const result = await render();
    await render();

    expect(result).toEqual({ kind: 'idle' });
    expect(thread()).toHaveLength(1);
    expect(room.log.join('\n')).toContain('A person cannot be told');
  });
});

describe('outcomes', () => {
  test('a failure is told once with its buttons, which go when somebody has chosen', async () => {
    room.memory.put(aRequest({ state: 'failed', failure }));
    await render();
    await render();
    const during = asText(thread());
    room.memory.put(aRequest({ state: 'provisioning' }));
    await render();

    expect(thread()).toHaveLength(1);
    expect(during).toContain('Try again');
    expect(thread()[0]?.blocks.map(({ type }) => type)).toEqual(['section']);
    expect(asText(room.slack.as('U0ASKER').dms())).toContain('GitLab is down.');
  });

  test('the end is confirmed in the thread, to the requester and to the owners', async () => {
    const order = anIntegration({ secondOwner: 'U0SECOND' });
    room.memory.put(aRequest({ state: 'done', order }));
    room.memory.accounts.set(ID, anAccount({ secondOwner: 'U0SECOND' }));

    await render();
    await render();

    expect(thread()).toHaveLength(1);
    expect(asText(thread())).toContain('sees 12 repositories');
    expect(room.slack.as('U0ASKER').dms()).toHaveLength(1);
    expect(asText(room.slack.as('U0ASKER').dms())).toContain('https://vault.example');
    expect(asText(room.slack.as('U0OWNER').dms())).toContain('You are its owner');
    expect(asText(room.slack.as('U0SECOND').dms())).toContain('You are its second owner');
  });

  test('an approval and a denial reach the requester', async () => {
    const decision = { by: 'U0APPROVER', reason: 'Use <SA-1>', at: NOW } as const;
    room.memory.put(
      aRequest({ state: 'approved', decisions: [{ ...decision, verdict: 'approve' }] }),
    );
    await render();
    room.memory.put(aRequest({ state: 'denied', decisions: [{ ...decision, verdict: 'deny' }] }));
    await render();

    const [approved, denied] = room.slack.as('U0ASKER').dms();
    expect(approved?.text).toContain('was approved by <@U0APPROVER>');
    expect(denied?.text).toContain('was denied by <@U0APPROVER>: Use &lt;SA-1&gt;');
  });

  test('people are told even when the channel takes nothing', async () => {
    room.memory.put(aRequest({ state: 'failed', failure }));
    room.slack.refuseNext('chat.postMessage', 'channel_not_found');

    await expect(render()).rejects.toMatchObject({ code: 'not-found' });

    expect(asText(room.slack.as('U0ASKER').dms())).toContain('GitLab is down.');
  });

  test('the permissions of the manifest and no others suffice', async () => {
    await room.close();
    room = await openRoom({
      workspace: {
        botScopes: ['commands', 'chat:write', 'im:write', 'users:read', 'usergroups:read'],
      },
    });
    room.memory.put(aWaitingRequest(aTask()));

    const result = await render();

    expect(result).toEqual({ kind: 'idle' });
    expect(room.slack.as('U0ADMIN').dms()).toHaveLength(1);
  });
});
