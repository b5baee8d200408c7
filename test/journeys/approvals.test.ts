import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import type { Product } from '../../src/composition/product.ts';
import { CHANNEL, GROUPS, PEOPLE } from '../../src/sandbox/people.ts';
import { fillOrder } from '../support/fill-order.ts';
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
  toldByMessage,
} from '../support/witness.ts';

const { requester, approver, second, owner, lead, admin } = PEOPLE;
const JIRA = { connection: 'Jira acme', scope: ['Website (WEB)'], services: ['tickets'] } as const;
const GITHUB = { connection: 'GitHub acme', scope: ['acme/web'] } as const;

const FLOW_USER = { kind: 'flow-user', role: 'admin', purpose: 'A script reads teams.' } as const;

const POLICY = {
  rules: [
    {
      name: 'owners of Flow decide about Flow users',
      kinds: ['flow-user'],
      approvers: { users: [admin.id] },
      auto_approve: { users: [lead.id] },
    },
    {
      name: 'two for GitHub',
      connections: ['github'],
      approvers: { users: [approver.id, second.id, lead.id] },
      needed: 2,
    },
    {
      name: 'Jira by one, also their own',
      connections: ['ji*'],
      approvers: { groups: [GROUPS.approvers.id] },
      self_approval: true,
    },
    { name: 'the rest', approvers: { groups: [GROUPS.approvers.id] } },
  ],
};

let journey: Journey;
beforeAll(async () => {
  journey = await startJourney({ policy: POLICY });
});
afterEach(() => journey.expectCleanWorld());
afterAll(() => journey.close());

const click = async (who: string, button: string, request: Parameters<typeof cardOf>[1]) =>
  journey.sandbox.slack.as(who).click(button, { message: await cardOf(journey, request) });

describe('The rule for a kind or a connection', () => {
  it('needs two different people where it says two, and counts the one who is there', async () => {
    const request = await journey.ask(orderNamed('two-needed', GITHUB));

    await click(approver.id, 'approve', request);
    await cardShowing(journey, request, '1 of 2 approvals so far');
    await click(approver.id, 'approve', request);
    await toldAlone(journey, approver.id, `You have approved ${request.id} already.`);
    const between = await journey.product.records.get(request.id);
    await click(lead.id, 'approve', request);
    await cardShowing(journey, request, '(2 of 2 approvals)');

    expect(between.state).toBe('pending');
    expect(await auditOf(journey, request, 'approved')).toMatchObject([
      { actor: approver.id, details: { count: 1, needed: 2 } },
      { actor: lead.id, details: { count: 2, needed: 2 } },
    ]);
    await refusalOf(journey, approver.id, 'already-approved-by-you', request.id);
  });

  it('lets one who approved change their mind while nothing is decided', async () => {
    const request = await journey.ask(orderNamed('mind-changed', GITHUB));
    await click(approver.id, 'approve', request);
    await cardShowing(journey, request, '1 of 2 approvals so far');
    const person = journey.sandbox.slack.as(approver.id);

    await click(approver.id, 'deny', request);
    await person.openView();
    await person.fillIn({ reason: 'I mixed it up with another one.' });
    await person.submit();

    expect(await journey.until(request, 'denied')).toMatchObject({
      decisions: [{ verdict: 'approve' }, { verdict: 'deny' }],
    });
  });

  it('asks other people for another kind', async () => {
    const request = await journey.ask({ ...FLOW_USER, localPart: 'flow-user-asked' });

    await click(approver.id, 'approve', request);

    expect(await toldAlone(journey, approver.id, 'You are not an approver of')).toContain(
      `These can decide: @${admin.id}.`,
    );
    expect(request.policy.rule).toBe('owners of Flow decide about Flow users');
  });

  it('approves at once for those it names, without asking anybody', async () => {
    const request = await journey.ask(
      { ...FLOW_USER, role: 'permissions', permissions: ['users'], localPart: 'at-once' },
      'lead',
    );

    const card = await cardShowing(journey, request, 'Approved at once by the rule');

    expect(card).not.toContain('[Approve]');
    expect(await auditOf(journey, request, 'auto-approved')).toMatchObject([
      { actor: 'system', details: { rule: 'owners of Flow decide about Flow users' } },
    ]);
    await toldByMessage(journey, lead.id, `Your request ${request.id} was approved at once`);
  });

  it('lets an approver approve their own request only where it says so', async () => {
    const own = await journey.ask(orderNamed('own-at-jira', JIRA), 'approver');
    const other = await journey.ask(orderNamed('own-elsewhere'), 'approver');

    await click(approver.id, 'approve', own);
    await click(approver.id, 'approve', other);

    await toldAlone(journey, approver.id, `${other.id} is your own request.`);
    expect(await auditOf(journey, own, 'approved')).toHaveLength(1);
    expect((await journey.product.records.get(other.id)).state).toBe('pending');
    await refusalOf(journey, approver.id, 'own-request', other.id);
  });
});

describe('Deny', () => {
  it('asks for a reason, shows it on the card, and tells the requester alone', async () => {
    const request = await journey.ask(orderNamed('denied'));
    const person = journey.sandbox.slack.as(second.id);
    await click(second.id, 'deny', request);
    await person.openView();

    const empty = await person.submit();
    await person.fillIn({ reason: 'see ticket: ABC-1: not needed' });
    const sent = await person.submit();

    expect(empty.outcome).toBe('errors');
    expect(sent.outcome).toBe('closed');
    expect(await cardShowing(journey, request, 'Denied by')).toContain(
      'see ticket: ABC-1: not needed',
    );
    expect(await toldByMessage(journey, requester.id, `${request.id} was denied by`)).toContain(
      'see ticket: ABC-1: not needed',
    );
    expect(await auditOf(journey, request, 'denied')).toMatchObject([
      { actor: second.id, details: { reason: 'see ticket: ABC-1: not needed' } },
    ]);
  });

  it('does not keep a reason that looks like a credential, and says so at the field', async () => {
    const request = await journey.ask(orderNamed('denied-with-secret'));
    const person = journey.sandbox.slack.as(second.id);
    await click(second.id, 'deny', request);
    await person.openView();
    await person.fillIn({ reason: 'Use glpat-abcdefghij0123456789 instead.' });

    const sent = await person.submit();

    expect(sent).toEqual({
      outcome: 'errors',
      by: 'app',
      errors: { reason: expect.stringContaining('This looks like a password or token.') },
    });
    expect(await journey.product.records.get(request.id)).toEqual(request);
    await person.closeView();
  });
});

describe('Cancel', () => {
  it('is for the requester only', async () => {
    const request = await journey.ask(orderNamed('cancelled'));
    const before = inPublic(journey);

    await click(approver.id, 'cancel_request', request);
    await toldAlone(journey, approver.id, `Only @${requester.id}, who asked for ${request.id}`);
    const between = inPublic(journey);
    await click(requester.id, 'cancel_request', request);
    await cardShowing(journey, request, 'Cancelled');

    expect(between.slice(0, before.length)).toBe(before);
    await refusalOf(journey, approver.id, 'not-the-requester', request.id);
    expect(await auditOf(journey, request, 'cancelled')).toMatchObject([{ actor: requester.id }]);
  });

  it('comes too late once somebody has decided', async () => {
    const request = await journey.ask(orderNamed('too-late'));
    const message = await cardOf(journey, request);
    await click(approver.id, 'approve', request);
    await cardShowing(journey, request, 'Approved by');

    await journey.sandbox.slack.as(requester.id).click('cancel_request', { message });

    await toldAlone(journey, requester.id, 'It is too late for that');
    expect(await refusalOf(journey, requester.id, 'too-late', request.id)).toMatchObject({
      subject: request.id,
      details: { wanted: 'cancelled' },
    });
  });
});

describe('The same form sent twice', () => {
  it('is one request', async () => {
    const person = journey.sandbox.slack.as(requester.id);
    await fillOrder(person, orderNamed('sent-twice'));
    const known = (await journey.product.requests.list(null)).length;

    const both = await Promise.all([person.submit(), person.submit()]);

    expect(both.map(({ outcome }) => outcome)).toContain('updated');
    const made = await journey.product.requests.list(null);
    expect(made).toHaveLength(known + 1);
    expect(await auditOf(journey, made[0]!, 'requested')).toHaveLength(1);
  });

  it('is one request also when Slack delivers it again after a slow answer', async () => {
    const person = journey.sandbox.slack.as(requester.id);
    await fillOrder(person, orderNamed('delivered-twice'));
    await person.submit();
    const known = (await journey.product.requests.list(null)).length;
    const delivery = journey.sandbox.slack.deliveries.findLast(
      ({ kind }) => kind === 'view_submission',
    )!;

    const again = await journey.sandbox.slack.redeliver(delivery);

    expect(again.body).toMatchObject({ response_action: 'update' });
    expect(await journey.product.requests.list(null)).toHaveLength(known);
  });
});

describe('Two processes on one database', () => {
  let other: Product;
  beforeAll(async () => {
    other = await startSecondProcess(journey);
  });
  afterAll(async () => {
    sendTo(journey, journey.product);
    await other.close();
  });

  /** Both at once, each handled by a process of its own. */
  async function atOnce<T>(first: () => Promise<T>, then: () => Promise<T>): Promise<[T, T]> {
    sendTo(journey, journey.product);
    const one = first();
    sendTo(journey, other);
    const two = then();
    const both = await Promise.all([one, two]);
    sendTo(journey, journey.product);
    return both;
  }

  it('take two clicks within ten milliseconds as one decision, and tell the loser who won', async () => {
    const request = await journey.ask(orderNamed('two-processes'));
    const message = await cardOf(journey, request);
    const { slack } = journey.sandbox;

    await atOnce(
      () => slack.as(approver.id).click('approve', { message }),
      () => slack.as(second.id).click('approve', { message }),
    );

    const refusal = await Promise.any([
      refusalOf(journey, approver.id, 'already-decided', request.id),
      refusalOf(journey, second.id, 'already-decided', request.id),
    ]);
    const winner = refusal.actor === approver.id ? second.id : approver.id;
    await toldAlone(journey, refusal.actor, `${request.id} was already approved by @${winner} on`);
    const [one, two] = slack.deliveries.filter(({ kind }) => kind === 'block_actions').slice(-2);
    expect(Math.abs(one!.at.getTime() - two!.at.getTime())).toBeLessThan(10);
    expect((await journey.product.records.get(request.id)).decisions).toHaveLength(1);
    expect(await auditOf(journey, request, 'approved')).toHaveLength(1);
    expect((await journey.finish(request)).state).toBe('done');
    expect(await auditOf(journey, request, 'started')).toHaveLength(1);
    expect(await auditOf(journey, request, 'completed')).toHaveLength(1);
    expect(
      journey.sandbox.outside.gitlab.state.users.filter(({ username }) =>
        username.startsWith('two-processes'),
      ),
    ).toHaveLength(1);
    const cards = slack
      .messages(CHANNEL.id)
      .filter(({ blocks }) => JSON.stringify(blocks).includes(request.id));
    expect(cards).toHaveLength(1);
  });

  it('take two forms with the same address in the same instant as one request', async () => {
    const { slack } = journey.sandbox;
    const people = [slack.as(requester.id), slack.as(owner.id)] as const;
    for (const person of people) await fillOrder(person, orderNamed('same-instant'));

    const results = await atOnce(
      () => people[0].submit(),
      () => people[1].submit(),
    );

    expect(results.map(({ outcome }) => outcome).toSorted()).toEqual(['errors', 'updated']);
    const refused = results.find(({ outcome }) => outcome === 'errors');
    expect(JSON.stringify(refused)).toContain('already belongs to SA-');
    const made = (await journey.product.requests.list(null)).filter(
      ({ order }) => order.localPart === 'same-instant',
    );
    expect(made).toHaveLength(1);
    for (const person of people) if (person.view() !== undefined) await person.closeView();
  });
});
