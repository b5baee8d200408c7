import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { GROUPS, PEOPLE } from '../../src/sandbox/people.ts';
import { startJourney } from '../support/journey.ts';
import type { Journey } from '../support/journey.ts';
import type { Request } from '../../src/domain/request.ts';
import { auditOf, cardOf, cardShowing, orderNamed, refusalOf } from '../support/witness.ts';

const { approver, second, lead, requester } = PEOPLE;
const GITHUB = { connection: 'GitHub acme', scope: ['acme/web'] } as const;
const REASON = 'The token has leaked, and everybody else is asleep.';

const POLICY = {
  rules: [
    {
      name: 'two, or one in need',
      connections: ['gitlab'],
      approvers: { users: [approver.id, second.id, lead.id], groups: [GROUPS.approvers.id] },
      needed: 2,
      break_glass: true,
    },
    {
      name: 'always two',
      connections: ['github'],
      approvers: { users: [approver.id, second.id] },
      needed: 2,
    },
    { name: 'one', approvers: { users: [approver.id] }, break_glass: true },
  ],
};

let journey: Journey;
beforeAll(async () => {
  journey = await startJourney({ policy: POLICY });
});
afterEach(() => journey.expectCleanWorld());
afterAll(() => journey.close());

async function open(who: string, request: Request): Promise<void> {
  const message = await cardOf(journey, request);
  await journey.sandbox.slack.as(who).click('Approve alone…', { message });
}

async function approveAlone(who: string, request: Request): Promise<void> {
  await open(who, request);
  const person = journey.sandbox.slack.as(who);
  await person.openView();
  await person.fillIn({ reason: REASON });
  await person.submit();
}

describe('Approving alone', () => {
  it('starts the work, tells everybody who was not waited for, and stays on card and page', async () => {
    const request = await journey.ask(orderNamed('in-need'));

    await approveAlone(approver.id, request);
    const thread = await journey.read(request, 'approved this alone');
    const end = await journey.finish(request);

    expect(end.state).toBe('done');
    expect(thread).toContain(`@${approver.id} approved this alone: ${REASON}`);
    const line = thread.split('\n').find((text) => text.includes('approved this alone')) ?? '';
    expect(line).toContain(`@${second.id}`);
    expect(line).toContain(`@${lead.id}`);
    expect(line).toContain(GROUPS.approvers.id);
    expect(line.match(new RegExp(approver.id, 'gu'))).toHaveLength(1);
    await cardShowing(journey, request, `without 1 more: ${REASON}`);
    expect(await auditOf(journey, request, 'break-glass', 'approved')).toMatchObject([
      {
        action: 'break-glass',
        actor: approver.id,
        details: { reason: REASON, count: 1, needed: 2, rule: 'two, or one in need' },
      },
    ]);
    const pages = JSON.stringify(journey.sandbox.outside.confluence.pages());
    expect(pages).toContain(`Break-glass (${request.id})`);
    expect(pages).toContain(REASON);
  });

  it('stays on the page when a later request draws it again', async () => {
    const request = await journey.ask(orderNamed('drawn-again'));
    await approveAlone(approver.id, request);
    await journey.finish(request);

    const { slack } = journey.sandbox;
    const before = new Set((await journey.product.requests.list(null)).map(({ id }) => id));
    await slack.as(PEOPLE.owner.id).slashCommand(`/flow-service-account close ${request.id} moved`);
    await expect
      .poll(async () =>
        (await journey.product.requests.list(null)).some(({ id }) => !before.has(id)),
      )
      .toBe(true);
    const closing = (await journey.product.requests.list(null)).find(({ id }) => !before.has(id))!;
    await approveAlone(second.id, closing);
    await journey.finish(closing);

    const pages = JSON.stringify(journey.sandbox.outside.confluence.pages());
    expect(pages).toContain(`Break-glass (${request.id})`);
    expect(pages).toContain(`Break-glass (${closing.id})`);
  });

  it('is also open to one who has approved already, and counts them once', async () => {
    const request = await journey.ask(orderNamed('waited-first'));
    await journey.approve(request);
    await cardShowing(journey, request, '1 of 2 approvals so far');

    await approveAlone(approver.id, request);

    const started = await journey.until(request, 'provisioning', 'waiting', 'done');
    expect(started.decisions).toMatchObject([{ by: approver.id, skipped: 1 }]);
  });

  it('by the last one needed is an approval like any other', async () => {
    const request = await journey.ask(orderNamed('last-one'));
    await journey.approve(request);
    await cardShowing(journey, request, '1 of 2 approvals so far');

    await approveAlone(second.id, request);

    await cardShowing(journey, request, '(2 of 2 approvals)');
    expect(await auditOf(journey, request, 'break-glass')).toEqual([]);
  });

  it('is offered only where the rule says so and more than one approval is needed', async () => {
    const two = await journey.ask(orderNamed('always-two', GITHUB));
    const one = await journey.ask({
      kind: 'flow-user',
      role: 'admin',
      localPart: 'only-one',
      purpose: 'A script reads teams.',
    });

    for (const request of [two, one]) {
      const card = await cardShowing(journey, request, '[Approve]');
      expect(card).not.toContain('Approve alone');
      const member = { id: approver.id, teamId: journey.sandbox.slack.world.teamId };
      const answer = await journey.product.requests.approveAlone(
        request.id,
        { ...member, deleted: false, bot: false, guest: false, groups: [] },
        REASON,
      );
      expect(answer).toMatchObject({ kind: 'refused', refusal: 'no-break-glass' });
    }
    expect(await journey.product.records.get(two.id)).toMatchObject({ state: 'pending' });
  });

  it('is refused for one’s own request, and to people who are no approvers', async () => {
    const own = await journey.ask(orderNamed('own-in-need'), 'approver');

    await open(approver.id, own);
    await open(requester.id, own);

    await refusalOf(journey, approver.id, 'own-request', own.id);
    await refusalOf(journey, requester.id, 'not-an-approver', own.id);
    expect(await journey.product.records.get(own.id)).toMatchObject({ state: 'pending' });
  });

  it('asks for a reason, and takes none that looks like a credential', async () => {
    const request = await journey.ask(orderNamed('no-reason'));
    await open(lead.id, request);
    const person = journey.sandbox.slack.as(lead.id);
    await person.openView();

    await person.fillIn({ reason: 'glpat-AbCdEfGhIjKlMnOpQrSt' });
    const refused = await person.submit();

    expect(refused).toMatchObject({ outcome: 'errors' });
    expect(await journey.product.records.get(request.id)).toMatchObject({ state: 'pending' });
  });
});
