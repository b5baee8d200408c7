import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { fault } from '../../src/sandbox/kit/faults.ts';
import { CHANNEL, GROUPS, PEOPLE } from '../../src/sandbox/people.ts';
import { renderMessage } from '../../src/sandbox/slack/render-text.ts';
import type { StoredView } from '../../src/sandbox/slack/world.ts';
import { startJourney } from '../support/journey.ts';
import type { Journey } from '../support/journey.ts';
import {
  auditOf,
  cardOf,
  cardShowing,
  inPublic,
  orderNamed,
  toldAlone,
} from '../support/witness.ts';

const { requester, approver, guest, owner, lead } = PEOPLE;
const COMMAND = '/flow-service-account';

let journey: Journey;
beforeAll(async () => {
  journey = await startJourney();
});
afterEach(() => journey.expectCleanWorld());
afterAll(() => journey.close());

const as = (id: string) => journey.sandbox.slack.as(id);
const shows = (text: string) => (view: StoredView) =>
  renderMessage({ blocks: view.blocks }).includes(text);

/** Types the command and waits for an answer that nobody else sees. */
async function answer(who: string, words: string, expected: string): Promise<string> {
  await as(who).slashCommand(`${COMMAND} ${words}`.trim());
  const told = await toldAlone(journey, who, expected);
  expect(inPublic(journey)).not.toContain(told);
  return told;
}

describe('The command', () => {
  it('alone opens the form with one question', async () => {
    await as(requester.id).slashCommand(COMMAND);

    const view = await as(requester.id).openView(shows('What is the account for?'));

    expect(view.blocks).toHaveLength(1);
    await as(requester.id).closeView();
  });

  it.each([
    ['integration', 'Choose a connection to see its access levels'],
    ['automation', 'Automated process'],
    ['flow-user', 'Role in Flow'],
  ])('with “new %s” opens the form for that kind', async (kind, words) => {
    await as(requester.id).slashCommand(`${COMMAND} new ${kind}`);

    const view = await as(requester.id).openView(shows(words));

    expect(renderMessage({ blocks: view.blocks })).toContain('Name of the service address');
    await as(requester.id).closeView();
  });

  it.each(['help', 'HELP'])('with “%s” says what it can do', async (word) => {
    const help = await answer(requester.id, word, 'This app makes service accounts for Flow.');

    for (const verb of ['new integration', 'list', 'show', 'audit', 'cancel', 'doctor']) {
      expect(help).toContain(verb);
    }
  });

  it.each([
    ['frobnicate', '“frobnicate” is none of the words this command knows'],
    ['new spaceship', '“new spaceship” is none of the words this command knows'],
    ['constructor', '“constructor” is none of the words this command knows'],
    ['status', 'Please add the id'],
    ['status 12', 'There is no request or account “12”'],
    ['cancel SA-0000ZZ', 'There is no request SA-0000ZZ'],
  ])('with “%s” says what is missing or unknown', async (words, expected) => {
    expect(await answer(requester.id, words, expected)).toMatch(
      /flow-service-account|“list” shows/,
    );
  });

  it('lists one’s own requests, and those one is to own', async () => {
    const mine = await journey.ask(orderNamed('listed'));
    const theirs = await journey.ask(orderNamed('not-listed', { owner: lead.id }), 'approver');
    for (const request of [mine, theirs]) await cardOf(journey, request);

    const list = await answer(requester.id, 'list', mine.id);
    const asOwner = await answer(owner.id, 'mine', mine.id);

    expect(list).toContain('Waiting for approval');
    expect(list).not.toContain(theirs.id);
    expect(asOwner).not.toContain(theirs.id);
  });

  it('shows how a request stands, however its id is typed', async () => {
    const request = await journey.ask(orderNamed('status'));
    await cardOf(journey, request);

    const status = await answer(
      requester.id,
      `status ${request.id.slice(3).toLowerCase()}`,
      `${request.id}: Waiting for approval`,
    );

    expect(status).toContain(request.order.address);
  });

  it('cancels one’s own request and shows it on the card; for others it is refused', async () => {
    const request = await journey.ask(orderNamed('cancel-by-command'));
    await cardOf(journey, request);

    await answer(approver.id, `cancel ${request.id}`, 'can do that');
    await as(requester.id).slashCommand(`${COMMAND} cancel ${request.id}`);
    await toldAlone(journey, requester.id, `${request.id} is cancelled. Nothing was made for it.`);

    expect(await cardShowing(journey, request, 'Cancelled')).not.toContain('[Approve]');
    expect(await auditOf(journey, request, 'refused', 'cancelled')).toMatchObject([
      { action: 'refused', actor: approver.id },
      { action: 'cancelled', actor: requester.id },
    ]);
  });

  it('is not the only way: whatever is cancelled elsewhere shows on the card as well', async () => {
    const request = await journey.ask(orderNamed('cancel-elsewhere'));
    await cardOf(journey, request);
    const { slack, requests } = journey.product;
    const member = await slack.directory.member(requester.id, []);

    await requests.cancel(request.id, member!);

    expect(await cardShowing(journey, request, 'Cancelled')).not.toContain('[Approve]');
  });

  it('examines everything that is configured', async () => {
    const findings = await answer(requester.id, 'doctor', 'Checked ');

    for (const name of ['GitLab acme', 'GitHub acme', 'Jira acme', 'Slack']) {
      expect(findings).toContain(name);
    }
    expect(findings).toContain('0 problems');
  });

  it.each(['list', 'status SA-000000', 'doctor'])(
    'with “%s” tells a guest why not',
    async (words) => {
      const told = await answer(guest.id, words, 'Please ask a full member');

      expect(told).toContain('Guests cannot ask for service accounts');
    },
  );
});

describe('The ways beside the command', () => {
  it('has a global shortcut that opens the form', async () => {
    await as(requester.id).shortcut('request_service_account');

    await as(requester.id).openView(shows('What is the account for?'));

    expect(as(requester.id).view()?.blocks).toHaveLength(1);
    await as(requester.id).closeView();
  });

  it('has a Home tab with what waits for this person, and a button to ask', async () => {
    const request = await journey.ask(orderNamed('home'));
    await cardOf(journey, request);
    const homeOf = async (id: string, words: string) => {
      await as(id).openHome();
      return journey.sandbox.slack.waitFor(() => {
        const text = renderMessage({ blocks: as(id).home()?.blocks ?? [] });
        return text.includes(words) ? text : undefined;
      });
    };

    const asked = await homeOf(requester.id, request.id);
    const decides = await homeOf(approver.id, request.id);
    const outside = await homeOf(guest.id, 'Guests cannot ask');
    await as(requester.id).click('open_request_form', { on: 'home' });
    await as(requester.id).openView(shows('What is the account for?'));

    expect(asked.slice(0, asked.indexOf('Your tasks'))).not.toContain(request.id);
    expect(decides.slice(0, decides.indexOf('Your tasks'))).toContain(request.id);
    expect(outside).not.toContain(request.id);
    await as(requester.id).closeView();
  });
});

describe('Slack in a bad moment', () => {
  it('gets the card again when somebody deleted it', async () => {
    const request = await journey.ask(orderNamed('card-deleted'));
    const gone = await cardOf(journey, request);
    const { messages } = journey.sandbox.slack.world;
    messages.splice(messages.indexOf(gone), 1);

    await as(approver.id).click('approve', { message: gone });

    await cardShowing(journey, request, 'Approved by');
    expect((await cardOf(journey, request)).ts).not.toBe(gone.ts);
    expect((await journey.finish(request)).state).toBe('done');
  });

  it('gets a new card when the old one may no longer be edited', async () => {
    const request = await journey.ask(orderNamed('card-locked'));
    const locked = await cardOf(journey, request);
    journey.sandbox.slack.lockMessage(locked.ts);

    await as(approver.id).click('approve', { message: locked });
    const ended = await journey.finish(request);
    const newest = await journey.sandbox.slack.waitFor(
      () =>
        journey.sandbox.slack
          .messages(CHANNEL.id)
          .find(
            (one) =>
              one.ts !== locked.ts &&
              renderMessage(one).includes(request.id) &&
              renderMessage(one).includes('Done and verified'),
          ),
      { timeoutMs: 20_000 },
    );

    expect(ended.state).toBe('done');
    expect(renderMessage(newest)).toContain(request.order.address);
  });

  it.each([
    ['is rate limited', fault.rateLimited(1)],
    ['breaks', fault.status(500)],
  ])('shows everything in the end when editing %s for a while', async (how, broken) => {
    const request = await journey.ask(orderNamed(`card-${how.replaceAll(' ', '-')}`));
    const message = await cardOf(journey, request);
    journey.sandbox.slack.injectFault('chat.update', broken, 2);

    await as(approver.id).click('approve', { message });
    const ended = await journey.finish(request);

    expect(ended.state).toBe('done');
    await journey.product.sweep();
    await cardShowing(journey, request, 'Done and verified');
  });

  it('is said to lack a permission, by name, where that is why somebody is refused', async () => {
    const request = await journey.ask(orderNamed('missing-scope'));
    const message = await cardOf(journey, request);
    journey.sandbox.slack.refuseNext('usergroups.users.list', 'missing_scope', 2);

    await as(approver.id).click('approve', { message });

    expect(await toldAlone(journey, approver.id, 'usergroups:read')).toContain(
      `The members of ${GROUPS.approvers.id} are not known`,
    );
    expect((await journey.product.records.get(request.id)).state).toBe('pending');
  });
});
