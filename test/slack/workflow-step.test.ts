import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { fault } from '../../src/sandbox/kit/faults.ts';
import { workflowKey } from '../../src/records/records.ts';
import { ACTION, FIELD, FUNCTION } from '../../src/slack/ids.ts';
import { aRequest, anAccount } from './builders.ts';
import { asText, openRoom, SEEN } from './room.ts';
import type { Room } from './room.ts';

let room: Room;

beforeEach(async () => {
  room = await openRoom();
});
afterEach(() => room.close());

const INPUTS = { requester: 'U0ASKER', kind: 'flow-user', purpose: 'Read <!channel> & report' };

const begin = (inputs: Record<string, string> = INPUTS) => room.slack.runFunction(FUNCTION, inputs);

/** What Slack was told about the step. */
async function ended(id: string) {
  return room.slack.waitFor(
    () => {
      const execution = room.slack.world.executions.get(id);
      return execution?.outcome === 'running' ? undefined : execution;
    },
    { what: `the end of ${id}` },
  );
}

async function fillForm(id: string): Promise<void> {
  const asker = room.slack.as('U0ASKER');
  await room.told('U0ASKER', 'A workflow asks you');
  await asker.click(ACTION.workflowForm);
  await room.viewSays('U0ASKER', 'Role in Flow');
  await asker.fillIn({ [FIELD.role]: 'admin', [FIELD.owner]: 'U0OWNER' });
  await asker.submit();
  expect(room.submissions.at(-1)?.dedupeKey).toBe(workflowKey(id));
}

/** The request as it is in the end, drawn. */
async function over(change: Parameters<typeof aRequest>[0]): Promise<void> {
  room.memory.put(aRequest({ requester: 'U0ASKER', ...change }));
  await room.app.render('SA-7K3F9Q');
}

describe('A workflow that comes to our step', () => {
  test('has the person asked in a direct message, in words that stay words', async () => {
    await begin();

    await room.told('U0ASKER', 'A workflow asks you');
    const told = asText(room.slack.as('U0ASKER').dms());
    expect(told).toContain('&lt;!channel&gt; &amp; report');
    expect(told).toContain('Fill in the form');
  });

  test('opens the form with what the workflow knows, as one request that the person sends', async () => {
    const id = await begin();

    await fillForm(id);

    const [submission] = room.submissions;
    expect(submission?.by.id).toBe('U0ASKER');
    expect(submission?.order).toMatchObject({
      kind: 'flow-user',
      purpose: 'Read & report',
    });
    expect(room.slack.world.executions.get(id)?.outcome).toBe('running');
  });

  test('goes on when the account is verified, with what later steps need', async () => {
    const id = await begin();
    await fillForm(id);
    room.memory.accounts.set('SA-7K3F9Q', anAccount());

    await over({ state: 'done' });

    const { outcome, result } = await ended(id);
    expect(outcome).toBe('success');
    expect(result).toEqual({
      outputs: {
        request_id: 'SA-7K3F9Q',
        requester: 'U0ASKER',
        address: anAccount().address,
        login: anAccount().login,
        page: anAccount().page.url,
      },
    });
  });

  test.each(['denied', 'cancelled', 'expired', 'undone'] as const)(
    'ends with an error when the request is %s, without the reason',
    async (state) => {
      const id = await begin();
      await fillForm(id);

      await over({ state });

      const { outcome, result } = await ended(id);
      expect(outcome).toBe('error');
      expect(asText(result)).toContain('SA-7K3F9Q ended without an account');
    },
  );

  test('waits on while a request that failed can still be mended', async () => {
    const id = await begin();
    await fillForm(id);

    await over({ state: 'failed' });

    expect(room.slack.world.executions.get(id)?.outcome).toBe('running');
  });

  test('is told its end once, also when the first telling was cut off', async () => {
    const id = await begin();
    await fillForm(id);
    room.slack.injectFault('functions.completeError', fault.dropAfterEffect());

    await over({ state: 'denied' });
    const cutOff = room.memory.workflows.get(id)?.outcome;
    await room.app.render('SA-7K3F9Q');
    await room.app.render('SA-7K3F9Q');

    expect(cutOff).toBeNull();
    expect(room.memory.workflows.get(id)?.outcome).toBe('error');
    expect(room.slack.callsTo('functions.completeError')).toHaveLength(2);
  });

  test.each([
    ['U0GUEST', 'Guests cannot ask'],
    ['U0OTHER', 'do not let you ask'],
    ['U0NOBODY', 'not'],
  ])('ends at once when it names %s, who may not ask', async (requester, why) => {
    const id = await begin({ requester });

    const { outcome, result } = await ended(id);

    expect(outcome).toBe('error');
    expect(asText(result)).toContain(why);
    expect(room.submissions).toEqual([]);
  });

  test('ends when Slack does not let us write to the person', async () => {
    room.slack.refuseNext('conversations.open', 'cannot_dm_bot');

    const id = await begin();

    expect(asText((await ended(id)).result)).toContain('does not let the app write');
  });

  test('asks once, although Slack repeats itself', async () => {
    await begin();
    await room.told('U0ASKER', 'A workflow asks you');
    const [delivery] = room.slack.deliveries.filter(({ kind }) => kind === 'event');

    await room.slack.redeliver(delivery!);
    await room.app.sweep();

    expect(room.slack.as('U0ASKER').dms()).toHaveLength(1);
  });

  test('is asked for later when Slack was away at first', async () => {
    room.slack.injectFault('chat.postMessage', fault.status(503));
    await begin();
    await vi.waitFor(() => expect(room.log.join('')).toContain('could not be asked'));

    await room.app.sweep();

    expect(await room.told('U0ASKER', 'A workflow asks you')).toBe(SEEN);
  });

  test('ends when nobody sends the form within a week', async () => {
    const id = await begin();
    await vi.waitFor(() => expect(room.memory.workflows.get(id)?.offered).toBe(true));
    room.at(new Date(Date.now() + 8 * 86_400_000).toISOString());

    await room.app.sweep();

    expect(asText((await ended(id)).result)).toContain('not sent within a week');
  });
});

describe('The button in the message', () => {
  test('is for the person alone whom the workflow names', async () => {
    const id = await begin();
    await room.told('U0ASKER', 'A workflow asks you');
    const message = room.slack.as('U0ASKER').dms()[0]!;

    await room.slack.as('U0OWNER').click(ACTION.workflowForm, { message });

    expect(await room.viewSays('U0OWNER', 'only they can send it')).toBe(SEEN);
    expect(room.memory.workflows.get(id)?.outcome).toBeNull();
  });

  test('says so when the form was sent before, or the workflow has ended', async () => {
    const id = await begin();
    await fillForm(id);
    const asker = room.slack.as('U0ASKER');
    await asker.closeView({ all: true });

    await asker.click(ACTION.workflowForm, { on: 'message' });
    await room.viewSays('U0ASKER', 'You have sent this form already, as SA-7K3F9Q');
    await over({ state: 'denied' });
    await ended(id);
    await asker.closeView({ all: true });
    await asker.click(ACTION.workflowForm, { on: 'message' });

    expect(await room.viewSays('U0ASKER', 'does not wait for this form any more')).toBe(SEEN);
  });

  test('of a workflow that is not known says so', async () => {
    const id = await begin();
    await room.told('U0ASKER', 'A workflow asks you');
    room.memory.workflows.delete(id);

    await room.slack.as('U0ASKER').click(ACTION.workflowForm);

    expect(await room.viewSays('U0ASKER', 'not known here')).toBe(SEEN);
  });
});
