import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import type { Request } from '../../src/domain/request.ts';
import { fillOrder } from '../support/fill-order.ts';
import { CHANNEL, GROUPS, PEOPLE } from '../../src/sandbox/people.ts';
import { renderMessage } from '../../src/sandbox/slack/render-text.ts';
import type { Person } from '../../src/sandbox/slack/world.ts';
import { startJourney } from '../support/journey.ts';
import type { Journey } from '../support/journey.ts';
import { auditOf, cardOf, inPublic, orderNamed, refusalOf, toldAlone } from '../support/witness.ts';

const STAFF = { id: 'S0STAFF', handle: 'staff' };
const POLICY = {
  requesters: { groups: [STAFF.id] },
  rules: [{ name: 'the approvers decide', approvers: { groups: [GROUPS.approvers.id] } }],
};

let journey: Journey;
beforeAll(async () => {
  journey = await startJourney({ policy: POLICY });
});
afterEach(() => journey.expectCleanWorld());
afterAll(() => journey.close());

interface Somebody {
  readonly id: string;
  /** What Slack says of them from some moment on. */
  readonly becomes: () => Promise<void>;
}

let count = 0;

/** A full member of the staff and the approvers, until they become somebody else. */
function aColleague(change: Partial<Person> | 'leaves the groups'): Somebody {
  const { slack } = journey.sandbox;
  count += 1;
  const id = `U0COLLEAGUE${count}`;
  slack.addPerson({ id, name: `colleague-${count}` });
  slack.world.channels.get(CHANNEL.id)?.members.add(id);
  slack.setGroup({ ...STAFF, users: [PEOPLE.requester.id, id] });
  slack.setGroup({ ...GROUPS.approvers, users: [PEOPLE.approver.id, id] });
  return {
    id,
    becomes: async () => {
      if (change !== 'leaves the groups') {
        await slack.changePerson(id, change);
        return;
      }
      slack.setGroup({ ...STAFF, users: [PEOPLE.requester.id] });
      slack.setGroup({ ...GROUPS.approvers, users: [PEOPLE.approver.id] });
    },
  };
}

const OUTSIDERS = [
  {
    who: 'a guest',
    change: { isRestricted: true },
    why: 'guest',
    words: 'Guests cannot ask for service accounts or decide about them.',
  },
  {
    who: 'a guest of one channel',
    change: { isUltraRestricted: true },
    why: 'guest',
    words: 'Guests cannot ask for service accounts or decide about them.',
  },
  {
    who: 'an app',
    change: { isBot: true },
    why: 'bot',
    words: 'Apps cannot ask for service accounts or decide about them.',
  },
  {
    who: 'somebody deactivated',
    change: { deleted: true },
    why: 'deactivated',
    words: 'This Slack account is deactivated',
  },
  {
    who: 'somebody from another workspace',
    change: { teamId: 'T0ELSEWHERE' },
    why: 'other-workspace',
    words: 'Your Slack account belongs to another workspace.',
  },
] as const;

const AT_SUBMIT = [
  ...OUTSIDERS,
  {
    who: 'somebody who left the group that may ask',
    change: 'leaves the groups',
    why: 'not-a-requester',
    words: 'The rules of this app do not let you ask for a service account.',
  },
] as const;

const AT_CLICK = [
  ...OUTSIDERS,
  {
    who: 'somebody who left the group of approvers',
    change: 'leaves the groups',
    why: 'not-an-approver',
    words: 'You are not an approver of',
  },
] as const;

describe('A request form sent by somebody who may not ask', () => {
  it.each(AT_SUBMIT)('is refused for $who, in the form alone, and kept', async (outsider) => {
    const { id, becomes } = aColleague(outsider.change);
    const { slack } = journey.sandbox;
    const [before, known] = [inPublic(journey), await journey.product.requests.list(null)];
    await fillOrder(slack.as(id), orderNamed('never-made'));
    await becomes();

    const { outcome } = await slack.as(id).submit();

    expect(outcome).toBe('updated');
    expect(renderMessage({ blocks: slack.as(id).view()?.blocks ?? [] })).toContain(outsider.words);
    expect(await refusalOf(journey, id, outsider.why)).toMatchObject({
      details: { wanted: 'requested' },
    });
    expect(await journey.product.requests.list(null)).toEqual(known);
    expect(inPublic(journey)).toBe(before);
  });

  it('is not even shown to a guest who opens it', async () => {
    const guest = journey.sandbox.slack.as(PEOPLE.guest.id);

    await guest.slashCommand('/flow-service-account');
    const view = await guest.openView(({ blocks }) => JSON.stringify(blocks).includes('Guests'));

    expect(renderMessage(view)).toContain('Please ask a full member of this workspace.');
    expect(view.view['submit']).toBeUndefined();
    await guest.closeView();
  });
});

describe('A click by somebody who may not decide', () => {
  let request: Request;
  beforeAll(async () => {
    aColleague({});
    request = await journey.ask(orderNamed('waits-for-clicks'));
  });

  it.each(AT_CLICK)('on Approve is refused for $who, to them alone, and kept', async (outsider) => {
    const { id, becomes } = aColleague(outsider.change);
    const message = await cardOf(journey, request);
    const before = inPublic(journey);
    await becomes();

    await journey.sandbox.slack.as(id).click('approve', { message });

    await toldAlone(journey, id, outsider.words);
    expect(await refusalOf(journey, id, outsider.why, request.id)).toMatchObject({
      details: { wanted: 'approved' },
    });
    expect(await journey.product.records.get(request.id)).toEqual(request);
    expect(inPublic(journey)).toBe(before);
  });

  it('on Deny is refused before a reason is asked for, and kept', async () => {
    const lead = journey.sandbox.slack.as(PEOPLE.lead.id);
    const message = await cardOf(journey, request);

    await lead.click('deny', { message });
    const view = await lead.openView((open) => JSON.stringify(open.blocks).includes('not an'));

    expect(renderMessage(view)).toContain(`You are not an approver of ${request.id}.`);
    expect(view.view['submit']).toBeUndefined();
    expect(await refusalOf(journey, PEOPLE.lead.id, 'not-an-approver', request.id)).toMatchObject({
      details: { wanted: 'denied' },
    });
    await lead.closeView();
  });

  it('on Deny is refused again when they left the approvers while they wrote the reason', async () => {
    const { id, becomes } = aColleague('leaves the groups');
    const person = journey.sandbox.slack.as(id);
    await person.click('deny', { message: await cardOf(journey, request) });
    await person.openView();
    await person.fillIn({ reason: 'It is not needed any more.' });
    await becomes();

    await person.submit();

    await toldAlone(journey, id, 'You are not an approver of');
    expect(await auditOf(journey, request, 'denied')).toEqual([]);
    expect(await journey.product.records.get(request.id)).toEqual(request);
  });
});

describe('A payload that Slack did not sign now', () => {
  const command = {
    command: '/flow-service-account',
    text: 'help',
    user_id: PEOPLE.requester.id,
    team_id: 'T00000001',
    channel_id: CHANNEL.id,
    trigger_id: '1.1.x',
    response_url: 'http://127.0.0.1:1/never',
  };

  it.each([
    ['a forged signature', { secret: 'somebody-elses-secret' }],
    ['an altered body', { alter: (body: string) => body.replace('help', 'list') }],
    ['a timestamp 301 seconds old', { shiftSeconds: -301 }],
    ['a timestamp 301 seconds ahead', { shiftSeconds: 301 }],
    ['no signature', { headers: { 'x-slack-signature': '' } }],
  ])('is turned away with 401 for %s, and does nothing', async (_, forgery) => {
    const calls = journey.sandbox.slack.apiCalls.length;

    const { status } = await journey.sandbox.slack.rawPost('command', command, forgery);

    expect(status).toBe(401);
    expect(journey.sandbox.slack.apiCalls).toHaveLength(calls);
  });
});
