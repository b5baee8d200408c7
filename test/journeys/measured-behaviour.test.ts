import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { Request } from '../../src/domain/request.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
import type { Outside } from '../../src/sandbox/outside.ts';
import { CHANNEL, PEOPLE } from '../../src/sandbox/people.ts';
import { renderMessage } from '../../src/sandbox/slack/render-text.ts';
import { drivenClock, HOUR, MINUTE } from '../support/driven-clock.ts';
import { startJourney } from '../support/journey.ts';
import type { Journey } from '../support/journey.ts';
import { sendTo, startSecondProcess } from '../support/second-process.ts';
import {
  auditOf,
  cardOf,
  cardShowing,
  inPublic,
  orderNamed,
  refusalOf,
  toldAlone,
} from '../support/witness.ts';

const { approver, second, lead, requester } = PEOPLE;

const clock = drivenClock();
let journey: Journey;
beforeAll(async () => {
  journey = await startJourney({ clock, change: manyConnections });
});
beforeEach(() => clock.forward(MINUTE));
afterEach(() => journey.expectCleanWorld());
afterAll(() => journey.close());

/** 150 of them: more than a list in Slack can hold. */
function manyConnections({ gitlab }: Outside) {
  const names = Array.from({ length: 149 }, (_, index) => `Team ${String(index).padStart(3, '0')}`);
  const others = names.map((name, index) => ({ id: `team-${index}`, name }));
  return {
    connections: [{ id: 'gitlab', name: 'GitLab acme' }, ...others].map((each) => ({
      ...each,
      vendor: 'gitlab',
      ...gitlab.config,
    })),
  };
}

async function click(who: string, button: string, request: Request) {
  const message = await cardOf(journey, request);
  return journey.sandbox.slack.as(who).click(button, { message });
}

/** How often an account for this order was asked for at the vendor. */
function madeAtGitlab(localPart: string): number {
  const [server] = journey.sandbox.outside.gitlab.servers;
  return (server?.exchanges ?? []).filter(
    ({ request, answer }) =>
      request.method === 'POST' &&
      request.path.endsWith('/service_accounts') &&
      answer.status === 201 &&
      JSON.stringify(request.body).includes(localPart),
  ).length;
}

// What an established access bot was measured to do, and what we do instead.
describe('Where another bot was seen to fail', () => {
  it('B1: a click on Approve by somebody unlisted is answered privately and kept', async () => {
    const request = await journey.ask(orderNamed('b1'));
    await cardOf(journey, request);
    const before = inPublic(journey);

    await click(lead.id, 'approve', request);

    await toldAlone(journey, lead.id, `You are not an approver of ${request.id}.`);
    await refusalOf(journey, lead.id, 'not-an-approver', request.id);
    expect(inPublic(journey)).toBe(before);
  });

  it('B2: a bystander can neither cancel nor deny; the requester can cancel, an approver deny', async () => {
    const [mine, theirs] = [
      await journey.ask(orderNamed('b2-mine')),
      await journey.ask(orderNamed('b2-theirs')),
    ];

    await click(lead.id, 'cancel_request', mine);
    await toldAlone(journey, lead.id, `who asked for ${mine.id}, can do that`);
    await click(lead.id, 'deny', mine);
    const refused = await journey.sandbox.slack
      .as(lead.id)
      .openView(({ blocks }) => JSON.stringify(blocks).includes('not an approver'));
    const untouched = await journey.product.records.get(mine.id);
    await click(requester.id, 'cancel_request', mine);
    await click(approver.id, 'deny', theirs);
    await journey.sandbox.slack.as(approver.id).openView();
    await journey.sandbox.slack.as(approver.id).fillIn({ reason: 'There is one already.' });
    await journey.sandbox.slack.as(approver.id).submit();

    expect(refused.view['submit']).toBeUndefined();
    expect(untouched).toEqual(mine);
    expect((await journey.until(mine, 'cancelled')).state).toBe('cancelled');
    expect((await journey.until(theirs, 'denied')).state).toBe('denied');
  });

  it('B3: two clicks at once in one process are one decision and one account', async () => {
    const request = await journey.ask(orderNamed('b3'));

    await Promise.all([
      click(approver.id, 'approve', request),
      click(approver.id, 'approve', request),
    ]);

    await toldAlone(journey, approver.id, `${request.id} was already approved by @${approver.id}`);
    expect((await journey.finish(request)).state).toBe('done');
    expect(await auditOf(journey, request, 'approved', 'started')).toHaveLength(2);
    expect(madeAtGitlab('b3')).toBe(1);
  });

  it('B4: two approvers in two processes are one decision and one account', async () => {
    const other = await startSecondProcess(journey);
    const request = await journey.ask(orderNamed('b4'));
    const message = await cardOf(journey, request);
    const { slack } = journey.sandbox;

    const first = slack.as(approver.id).click('approve', { message });
    sendTo(journey, other);
    await Promise.all([first, slack.as(second.id).click('approve', { message })]);
    sendTo(journey, journey.product);

    const { actor } = await Promise.any([
      refusalOf(journey, approver.id, 'already-decided', request.id),
      refusalOf(journey, second.id, 'already-decided', request.id),
    ]);
    await toldAlone(journey, actor, `${request.id} was already approved by`);
    expect((await journey.finish(request)).state).toBe('done');
    await other.close();
    expect(await auditOf(journey, request, 'approved', 'started')).toHaveLength(2);
    expect(madeAtGitlab('b4')).toBe(1);
  });

  it('B5: the same click delivered again after the decision hears who decided and when', async () => {
    const request = await journey.ask(orderNamed('b5'));
    await click(approver.id, 'approve', request);
    await cardShowing(journey, request, 'Approved by');
    const { slack } = journey.sandbox;
    const delivery = slack.deliveries.findLast(({ kind }) => kind === 'block_actions');

    const { status } = await slack.replay(delivery!);

    const told = await toldAlone(journey, approver.id, `${request.id} was already approved by`);
    expect(status).toBe(200);
    expect(told).toMatch(new RegExp(`already approved by @${approver.id} on .*\\d`));
    expect((await journey.finish(request)).state).toBe('done');
    expect(await auditOf(journey, request, 'approved')).toHaveLength(1);
    expect(madeAtGitlab('b5')).toBe(1);
  });

  it('B6 and B7: a vendor’s refusal turns the card red and names the step; trying again goes on there', async () => {
    const request = await journey.ask(orderNamed('b6'));
    const [gitlab] = journey.sandbox.outside.gitlab.servers;
    gitlab?.faults.inject({
      method: 'POST',
      path: '/personal_access_tokens',
      fault: fault.status(403),
    });

    await click(approver.id, 'approve', request);
    const failed = await journey.until(request, 'failed');
    const card = await cardShowing(journey, request, 'Stopped at a problem');
    const thread = await journey.read(request, 'Stopped at “Make its credential');
    const stepsDone = failed.steps.filter(({ state }) => state === 'done').length;
    const message = journey.sandbox.slack
      .thread(CHANNEL.id, (await cardOf(journey, request)).ts)
      .find(({ blocks }) => JSON.stringify(blocks).includes('Try again'));
    await journey.sandbox.slack.as(approver.id).click('retry', { message: message! });
    await journey.until(request, 'provisioning', 'waiting', 'done');
    const ended = await journey.finish(request);

    expect(failed.failure).toMatchObject({ step: 'credential', code: 'missing-permission' });
    expect(card).toContain('[!] Make its credential');
    expect(thread).toContain('[Try again]');
    expect(await auditOf(journey, request, 'failed')).toHaveLength(1);
    expect(ended.state).toBe('done');
    expect(madeAtGitlab('b6')).toBe(1);
    const done = await auditOf(journey, request, 'step-done', 'retried');
    expect(done.findIndex(({ action }) => action === 'retried')).toBe(stepsDone);
    expect(new Set(done.map(({ details }) => details['step'])).size).toBe(done.length);
  });

  it('B8: a purpose with colons is kept word for word', async () => {
    const request = await journey.ask(orderNamed('b8', { purpose: 'see ticket: ABC-1: urgent' }));

    const [requested] = await auditOf(journey, request, 'requested');
    const card = await cardShowing(journey, request, 'see ticket: ABC-1: urgent');

    expect(request.order.purpose).toBe('see ticket: ABC-1: urgent');
    expect(requested?.details).toMatchObject({ address: request.order.address });
    expect(card).toContain('see ticket: ABC-1: urgent');
  });

  it('B9: a purpose at its limit is kept whole, and cut on the card', async () => {
    const purpose = `Long: ${'words and more words '.repeat(60)}`.slice(0, 1000).trim();
    const request = await journey.ask(orderNamed('b9', { purpose }));

    const card = await cardShowing(journey, request, '…');

    expect((await journey.product.records.get(request.id)).order.purpose).toBe(purpose);
    expect(card).toContain(purpose.slice(0, 700));
    expect(card).not.toContain(purpose);
  });

  it('B10: markup in a purpose notifies nobody', async () => {
    const purpose = '<!channel> and <@U0LEAD> look at <https://evil.example|this>';
    const request = await journey.ask(orderNamed('b10', { purpose }));

    const { text, blocks } = await cardOf(journey, request);

    const sent = text + JSON.stringify(blocks);
    expect(sent).toContain('&lt;!channel&gt; and &lt;@U0LEAD&gt;');
    expect(sent).not.toMatch(/<!channel|<!here|<@U0LEAD>|<https:\/\/evil/);
    expect(request.order.purpose).toBe(purpose);
  });

  it('B11: of 150 connections each can be found by its name', async () => {
    const person = journey.sandbox.slack.as(requester.id);
    await person.slashCommand('/flow-service-account new integration');
    await person.openView(({ blocks }) => JSON.stringify(blocks).includes('Connection'));

    const found = await person.typeahead('connection', 'team 148');
    const all = await person.typeahead('connection', '');
    await person.choose('connection', 'Team 148');
    const view = await person.openView(({ blocks }) => JSON.stringify(blocks).includes('Where:'));

    expect(found).toMatchObject([{ value: 'team-148' }]);
    expect(all.length).toBe(100);
    expect(renderMessage(view)).toContain('Where: group or project');
    await person.closeView();
  });

  it('B12: a request expires however much was said in the channel since', async () => {
    const request = await journey.ask(orderNamed('b12'));
    const card = await cardOf(journey, request);
    const { world } = journey.sandbox.slack;
    for (let count = 0; count < 120; count += 1) {
      world.messages.push({ ...card, ts: world.nextTs(), blocks: [], text: 'chat' });
    }
    clock.forward(72 * HOUR);

    await journey.product.sweep();

    const after = await cardShowing(journey, request, 'Expired without a decision');
    expect(after).not.toContain('[Approve]');
  });

  it('B13: approving one’s own request is refused privately', async () => {
    const request = await journey.ask(orderNamed('b13'), 'approver');
    await cardOf(journey, request);
    const before = inPublic(journey);

    await click(approver.id, 'approve', request);

    await toldAlone(journey, approver.id, `${request.id} is your own request.`);
    await refusalOf(journey, approver.id, 'own-request', request.id);
    expect(inPublic(journey)).toBe(before);
  });

  it('B14: a process just started opens the form with its first Slack call', async () => {
    const { slack } = journey.sandbox;
    const other = await startSecondProcess(journey);
    sendTo(journey, other);
    const before = slack.apiCalls.length;

    const delivery = await slack.as(requester.id).slashCommand('/flow-service-account');
    await slack
      .as(requester.id)
      .openView(({ blocks }) => renderMessage({ blocks }).includes('for?'));

    sendTo(journey, journey.product);
    expect(delivery).toMatchObject({ error: null, status: 200 });
    expect(slack.apiCalls[before]?.method).toBe('views.open');
    await slack.as(requester.id).closeView();
    await other.close();
  });
});
