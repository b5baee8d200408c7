import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { PEOPLE, CHANNEL } from '../../src/sandbox/people.ts';
import { ACTION, FIELD, FUNCTION, MESSAGE_SHORTCUT } from '../../src/slack/ids.ts';
import type { Request } from '../../src/domain/request.ts';
import { eventually, startJourney } from '../support/journey.ts';
import type { Journey } from '../support/journey.ts';

let journey: Journey;
beforeAll(async () => {
  journey = await startJourney();
});
afterAll(() => journey.close());

const requester = () => journey.sandbox.slack.as(PEOPLE.requester.id);

/** The person opens the form from their direct message, fills it in and sends it. */
async function sendForm(id: string, localPart: string): Promise<Request> {
  const person = requester();
  if (person.view() !== undefined) await person.closeView({ all: true });
  const message = await journey.sandbox.slack.waitFor(() =>
    person.dms().find(({ blocks }) => JSON.stringify(blocks).includes(id)),
  );
  await person.click(ACTION.workflowForm, { message });
  await journey.sandbox.slack.waitFor(() =>
    (JSON.stringify(person.view()) ?? '').includes('Role in Flow'),
  );
  await person.fillIn({ [FIELD.role]: 'admin' });
  await person.fillIn({ [FIELD.localPart]: localPart, [FIELD.owner]: PEOPLE.owner.id });
  expect(await person.submit()).toEqual({ outcome: 'updated' });
  return newest(localPart);
}

function newest(localPart: string): Promise<Request> {
  return eventually('the request in the records', async () =>
    (await journey.product.requests.list(null)).find(({ order }) => order.localPart === localPart),
  );
}

const outcomeOf = (id: string) =>
  eventually(`the end of ${id}`, () => {
    const execution = journey.sandbox.slack.world.executions.get(id);
    return execution?.outcome === 'running' ? undefined : execution;
  });

const begin = () =>
  journey.sandbox.slack.runFunction(FUNCTION, {
    requester: PEOPLE.requester.id,
    kind: 'flow-user',
    purpose: 'Reports for the quarterly review',
  });

describe('A workflow with our step', () => {
  it('goes on with the verified account', async () => {
    const id = await begin();
    const request = await sendForm(id, 'flow-reports');

    await journey.approve(request);
    const done = await journey.finish(request);

    const { outcome, result } = await outcomeOf(id);
    const account = await journey.product.records.findAccount(request.id);
    expect(done.order.purpose).toBe('Reports for the quarterly review');
    expect(outcome).toBe('success');
    expect(result['outputs']).toMatchObject({
      request_id: request.id,
      requester: PEOPLE.requester.id,
      address: account?.address,
      page: account?.page.url,
    });
    journey.expectCleanWorld();
  });

  it('fails when the request is cancelled, and is told so once, whatever is drawn again', async () => {
    const { slack } = journey.sandbox;
    const id = await begin();
    const request = await sendForm(id, 'flow-cancelled');
    await requester().slashCommand(`/flow-service-account cancel ${request.id}`);

    const { outcome } = await outcomeOf(id);
    await journey.product.slack.render(request.id);
    await journey.product.sweep();

    expect(outcome).toBe('error');
    const told = slack
      .callsTo('functions.completeError')
      .filter(({ args }) => args['function_execution_id'] === id);
    expect(told).toHaveLength(1);
    const step = await journey.product.records.workflowSteps.find(id);
    expect(step).toMatchObject({ offered: true, outcome: 'error', person: PEOPLE.requester.id });
  });
});

describe('A message that asks for an account', () => {
  it('becomes the purpose, and the thread of the card leads back to it', async () => {
    const { slack } = journey.sandbox;
    const person = requester();
    if (person.view() !== undefined) await person.closeView({ all: true });
    const message = slack.as(PEOPLE.approver.id).write(CHANNEL.id, 'Flow should see our boards');

    await person.messageShortcut(MESSAGE_SHORTCUT, message);
    await person.openView();
    await person.fillIn({ [FIELD.kind]: 'flow-user' });
    await slack.waitFor(() => (JSON.stringify(person.view()) ?? '').includes('Role in Flow'));
    await person.fillIn({ [FIELD.role]: 'admin' });
    await person.fillIn({ [FIELD.localPart]: 'flow-boards', [FIELD.owner]: PEOPLE.owner.id });
    await person.submit();

    const request = await newest('flow-boards');
    expect(request.order.purpose).toBe('Flow should see our boards');
    await journey.read(request, 'Asked for from');
    const thread = slack.thread(CHANNEL.id, journey.card(request)?.ts ?? '');
    expect(JSON.stringify(thread)).toContain(
      `/archives/${CHANNEL.id}/p${message.ts.replace('.', '')}|this message>`,
    );
    journey.expectCleanWorld();
  });
});
