import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { CHANNEL, GROUPS, PEOPLE } from '../../src/sandbox/people.ts';
import { drivenClock, HOUR, MINUTE } from '../support/driven-clock.ts';
import { startJourney } from '../support/journey.ts';
import type { Journey } from '../support/journey.ts';
import {
  auditOf,
  cardOf,
  cardShowing,
  orderNamed,
  refusalOf,
  toldAlone,
  toldByMessage,
} from '../support/witness.ts';

const { approver, requester, lead } = PEOPLE;
const POLICY = {
  rules: [
    {
      name: 'the approvers, then the leads',
      approvers: { groups: [GROUPS.approvers.id] },
      expires_after: '72h',
      remind_every: '24h',
      escalate_after: '48h',
      escalate_to: { groups: [GROUPS.leads.id] },
    },
  ],
};

const clock = drivenClock();
let journey: Journey;
beforeAll(async () => {
  journey = await startJourney({ policy: POLICY, clock });
});
beforeEach(() => clock.forward(MINUTE));
afterEach(() => journey.expectCleanWorld());
afterAll(() => journey.close());

async function later(ms: number): Promise<void> {
  clock.forward(ms);
  await journey.product.sweep();
}

describe('A request that nobody decides', () => {
  it('reminds the approvers each day, then asks the second group, who may then decide', async () => {
    const request = await journey.ask(orderNamed('escalated'));
    await cardOf(journey, request);
    const { slack } = journey.sandbox;

    await later(23 * HOUR);
    const early = await auditOf(journey, request, 'reminded', 'escalated');
    await later(HOUR);
    await journey.product.sweep();
    const reminded = await journey.read(request, 'Still waiting for a decision until');
    await slack.as(lead.id).click('approve', { message: await cardOf(journey, request) });
    await toldAlone(journey, lead.id, `You are not an approver of ${request.id}.`);
    await later(24 * HOUR);
    const escalated = await journey.read(request, 'so these are asked as well');
    await slack.as(lead.id).click('approve', { message: await cardOf(journey, request) });
    await cardShowing(journey, request, `Approved by @${lead.id}`);

    expect(early).toEqual([]);
    expect(reminded).toContain(`<!subteam^${GROUPS.approvers.id}>`);
    expect(escalated).toContain(`<!subteam^${GROUPS.leads.id}>`);
    expect(await auditOf(journey, request, 'reminded', 'escalated', 'approved')).toMatchObject([
      { action: 'reminded', actor: 'system' },
      { action: 'escalated', actor: 'system' },
      { action: 'approved', actor: lead.id },
    ]);
    expect((await journey.product.records.get(request.id)).remindAt).toBeNull();
  });

  it('expires at its hour, loses its buttons, and tells the requester; a late click hears why', async () => {
    const request = await journey.ask(orderNamed('expired'));
    const asSeen = await cardOf(journey, request);
    const { slack } = journey.sandbox;
    // A busy channel: the card is no longer among what Slack shows at first.
    for (let count = 0; count < 120; count += 1) {
      slack.world.messages.push({ ...asSeen, ts: slack.world.nextTs(), blocks: [], text: 'chat' });
    }

    await later(72 * HOUR);
    const card = await cardShowing(journey, request, 'Expired without a decision');
    await slack.as(approver.id).click('approve', { message: asSeen });
    await toldAlone(journey, approver.id, `${request.id} expired on`);

    expect(card).not.toContain('Approve');
    expect(await journey.read(request, 'Nobody decided in time')).toContain('can send it again');
    await toldByMessage(journey, requester.id, `Your request ${request.id} expired`);
    await refusalOf(journey, approver.id, 'expired', request.id);
    expect((await journey.product.records.get(request.id)).state).toBe('expired');
    expect(await auditOf(journey, request, 'expired')).toHaveLength(1);
  });

  it('cannot be approved after its hour even before the sweep has come by', async () => {
    const request = await journey.ask(orderNamed('just-expired'));
    const message = await cardOf(journey, request);
    clock.forward(72 * HOUR);

    await journey.sandbox.slack.as(approver.id).click('approve', { message });

    await toldAlone(journey, approver.id, `${request.id} expired on`);
    expect(await auditOf(journey, request, 'approved')).toEqual([]);
  });
});

describe('Two sweeps at once', () => {
  it('remind once', async () => {
    const request = await journey.ask(orderNamed('reminded-once'));
    clock.forward(24 * HOUR);

    await Promise.all([journey.product.sweep(), journey.product.sweep()]);

    expect(await auditOf(journey, request, 'reminded')).toHaveLength(1);
    await journey.read(request, 'Still waiting for a decision until');
    const lines = journey.sandbox.slack
      .thread(CHANNEL.id, (await cardOf(journey, request)).ts)
      .filter(({ text }) => text.includes('Still waiting'));
    expect(lines).toHaveLength(1);
  });
});
