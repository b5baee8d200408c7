import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { PEOPLE } from '../../src/sandbox/people.ts';
import type { Json } from '../../src/sandbox/slack/json.ts';
import { renderMessage } from '../../src/sandbox/slack/render-text.ts';
import { fillOrder } from '../support/fill-order.ts';
import type { FormOrder } from '../support/fill-order.ts';
import { startJourney } from '../support/journey.ts';
import type { Journey } from '../support/journey.ts';
import {
  auditOf,
  cardOf,
  cardShowing,
  orderNamed,
  toldAlone,
  toldByMessage,
} from '../support/witness.ts';

const { requester, approver, guest, admin, owner } = PEOPLE;

const HOSTILE =
  '<!channel> <!here> <@U0LEAD> <!subteam^S0LEADS> <https://evil.example|a link> &<> ';
const AUTOMATION: FormOrder = {
  kind: 'automation',
  connection: 'GitHub acme',
  access: 'contributor',
  scope: ['acme/web'],
  process: 'Nightly release',
  automation: 'GitHub Actions',
  target: 'repo:acme/web',
  secretName: 'RELEASE_TOKEN',
  purpose: 'The nightly release pushes its tags.',
};

let journey: Journey;
beforeAll(async () => {
  journey = await startJourney();
});
afterEach(() => journey.expectCleanWorld());
afterAll(() => journey.close());

/** What Slack got from us, byte for byte. */
function everythingSent(): string {
  return JSON.stringify(journey.sandbox.slack.apiCalls.map(({ args }) => args));
}

function expectNothingLoud(sent: string): void {
  expect(sent).not.toMatch(/<!channel|<!here|<@U0LEAD>|<!subteam\^S0LEADS>|<https:\/\/evil/);
}

/** Sends the form; every error that comes back, by field. */
async function errorsOf(order: FormOrder): Promise<Record<string, string>> {
  const person = journey.sandbox.slack.as(requester.id);
  await fillOrder(person, order);
  const submission = await person.submit();
  await person.closeView();
  if (submission.outcome !== 'errors') throw new Error(`It was ${submission.outcome}.`);
  expect(submission.by).toBe('app');
  const byField = Object.entries(submission.errors).map(
    ([block, text]) => [block.split(':')[0] ?? block, text] as const,
  );
  return Object.fromEntries(byField);
}

describe('Hostile words', () => {
  it('in a purpose and a reason are shown as they were typed and notify nobody', async () => {
    const purpose = HOSTILE.repeat(12).slice(0, 990).trim();
    const request = await journey.ask(orderNamed('hostile-words', { purpose }));
    const person = journey.sandbox.slack.as(approver.id);

    await person.click('deny', { message: await cardOf(journey, request) });
    await person.openView();
    await person.fillIn({ reason: HOSTILE.repeat(12).slice(0, 990).trim() });
    await person.submit();
    await cardShowing(journey, request, 'Denied by');
    await journey.read(request, 'denied this request');
    await toldByMessage(journey, requester.id, `${request.id} was denied by`);

    const sent = everythingSent();
    expectNothingLoud(sent);
    expect(sent).toContain('&lt;!channel&gt;');
    expect((await journey.product.records.get(request.id)).order.purpose).toBe(purpose);
  });

  it('in the name of a process are shown as they were typed', async () => {
    const process = '<!channel> & <@U0LEAD> nightly';
    const request = await journey.ask({ ...AUTOMATION, localPart: 'hostile-process', process });

    const card = await cardOf(journey, request);

    expectNothingLoud(JSON.stringify(card.blocks));
    expect(JSON.stringify(card.blocks)).toContain('&lt;!channel&gt; &amp; &lt;@U0LEAD&gt;');
  });

  it('after the command are quoted back harmlessly', async () => {
    const person = journey.sandbox.slack.as(requester.id);

    await person.slashCommand(`/flow-service-account ${HOSTILE.repeat(30)}`);
    await toldAlone(journey, requester.id, 'is none of the words this command knows');
    await person.slashCommand(`/flow-service-account status ${HOSTILE}`);
    await toldAlone(journey, requester.id, 'There is no request');

    const said = JSON.stringify(person.ephemerals().map(({ text, blocks }) => [text, blocks]));
    expect(said).toContain('&lt;!channel&gt;');
    expectNothingLoud(said);
  });

  it('in the names of a vendor’s places are shown as they are', async () => {
    journey.sandbox.outside.gitlab.seedGroup('acme/<!channel> & co');
    const request = await journey.ask(
      orderNamed('hostile-place', { scope: ['acme/<!channel> & co'] }),
    );

    const card = await cardOf(journey, request);

    expectNothingLoud(JSON.stringify(card.blocks));
    expect(JSON.stringify(card.blocks)).toContain('acme/&lt;!channel&gt; &amp; co');
  });

  it('of 3000 characters past Slack’s own limit are refused at their field', async () => {
    const person = journey.sandbox.slack.as(requester.id);
    await fillOrder(person, orderNamed('Not Valid', {}));
    await person.submit();
    const { payload } = journey.sandbox.slack.deliveries.at(-1)!;
    const long = JSON.parse(
      JSON.stringify(payload).replace(
        'Flow needs Not Valid for its work.',
        'x<!channel>'.repeat(273),
      ),
    ) as Json;

    const { status, body } = await journey.sandbox.slack.rawPost('view_submission', long);
    await person.closeView();

    expect(status).toBe(200);
    expect(body).toMatchObject({
      response_action: 'errors',
      errors: { purpose: expect.stringContaining('Keep it under 1000 characters') },
    });
  });
});

describe('A form that is filled in wrongly', () => {
  it('says at the name what is allowed, with an example', async () => {
    const errors = await errorsOf(orderNamed('Ümläut!'));

    expect(errors).toEqual({ localPart: expect.stringContaining('for example flow-integrations') });
  });

  it('says which request has the same address, and proposes another', async () => {
    const first = await journey.ask(orderNamed('taken'));

    const errors = await errorsOf(orderNamed('TAKEN'));

    expect(errors).toEqual({
      localPart: `${first.order.address} already belongs to ${first.id}. Choose another name, for example taken-2.`,
    });
  });

  it('refuses owners who are guests, and the same person twice', async () => {
    const guests = await errorsOf(orderNamed('guest-owner', { owner: guest.id }));
    const same = await errorsOf(
      orderNamed('same-owner', { owner: owner.id, secondOwner: owner.id }),
    );

    expect(guests).toEqual({ owner: 'Choose a full, active member of this workspace.' });
    expect(same).toEqual({ secondOwner: expect.stringContaining('somebody else than the owner') });
  });

  it('refuses webhooks without owner access', async () => {
    const errors = await errorsOf(
      orderNamed('webhooks', { services: ['repositories', 'webhooks'], access: 'contributor' }),
    );

    expect(errors).toEqual({
      services: 'Webhooks need owner access; choose owner, or leave webhooks out.',
    });
  });

  it('refuses a name that the pipeline would not take, and a purpose that says nothing', async () => {
    const errors = await errorsOf({
      ...AUTOMATION,
      localPart: 'bad-secret-name',
      secretName: 'GITHUB_TOKEN',
      purpose: 'because',
    });

    expect(Object.keys(errors).toSorted()).toEqual(['purpose', 'secretName']);
    expect(errors['secretName']).toContain('GITHUB_');
  });

  it('does not take a credential for a purpose', async () => {
    const errors = await errorsOf(
      orderNamed('secret-purpose', { purpose: 'Use glpat-abcdefghij0123456789 for it.' }),
    );

    expect(errors).toEqual({ purpose: expect.stringContaining('have it revoked now') });
    expect(JSON.stringify(await journey.product.records.audit.list({}))).not.toContain('glpat-abc');
    expect(journey.log.join('\n')).not.toContain('glpat-abc');
  });
});

describe('The form', () => {
  it('keeps what was typed for all kinds when the kind changes, and drops the rest', async () => {
    const person = journey.sandbox.slack.as(requester.id);
    await fillOrder(person, orderNamed('kept-over', { owner: admin.id }));

    await person.fillIn({ kind: 'flow-user' });
    const view = await person.openView(({ blocks }) =>
      renderMessage({ blocks }).includes('Role in'),
    );

    const values = Object.assign({}, ...Object.values(view.values)) as Record<string, Json>;
    expect(values['purpose']).toMatchObject({ value: 'Flow needs kept-over for its work.' });
    expect(values['owner']).toMatchObject({ selected_user: admin.id });
    expect(values['localPart']).toMatchObject({ value: 'kept-over' });
    expect(Object.keys(values)).not.toContain('connection');
    await person.closeView();
  });

  it('does not ask what Flow reads for an automated process', async () => {
    const person = journey.sandbox.slack.as(requester.id);
    await fillOrder(person, { ...AUTOMATION, localPart: 'reads-nothing' });
    const form = renderMessage({ blocks: person.view()?.blocks ?? [] });
    await person.submit();

    const [request] = await journey.product.requests.list(null);
    const card = renderMessage(await cardOf(journey, request!));

    expect(form).toContain('Access level');
    expect(form).not.toContain('What Flow reads');
    expect(request?.order).toMatchObject({ localPart: 'reads-nothing', services: [] });
    expect(card).not.toContain('Flow reads');
  });

  it('is not disturbed by a redraw that somebody newer has overtaken', async () => {
    const person = journey.sandbox.slack.as(requester.id);
    await person.slashCommand('/flow-service-account');
    const fresh = await person.openView(({ blocks }) => renderMessage({ blocks }).includes('for?'));
    journey.sandbox.slack.refuseNext('views.update', 'hash_conflict');

    await person.fillIn({ kind: 'integration' });
    await journey.sandbox.slack.waitFor(() =>
      journey.sandbox.slack
        .callsTo('views.update')
        .some(({ args }) => JSON.stringify(args).includes(fresh.id)),
    );
    await person.fillIn({ kind: 'flow-user' });
    const view = await person.openView(({ blocks }) =>
      renderMessage({ blocks }).includes('Role in'),
    );

    expect(view.id).toBe(fresh.id);
    expect(journey.log.filter((line) => /"level":(40|50|60)/.test(line))).toEqual([]);
    await person.closeView();
  });
});

describe('Answers to a task', () => {
  it('that look like a credential are refused at their field and kept nowhere', async () => {
    const request = await journey.ask({ ...AUTOMATION, localPart: 'answers' });
    await journey.approve(request);
    await journey.until(request, 'waiting');
    const task = await journey.sandbox.slack.waitFor(() =>
      journey.sandbox.slack.world.messages.findLast(
        ({ blocks, channel }) =>
          channel.startsWith('C') &&
          JSON.stringify(blocks).includes(`"${request.id}|`) &&
          JSON.stringify(blocks).includes('Done…'),
      ),
    );
    const person = journey.sandbox.slack.as(admin.id);
    await person.click('task_done', { message: task });
    const view = await person.openView(({ blocks }) =>
      JSON.stringify(blocks).includes('Never enter'),
    );
    const field = view.blocks.find(({ type }) => type === 'input')?.['block_id'] as string;

    await person.fillIn({ [field]: 'ghp_abcdefghijABCDEFGHIJ0123456789' });
    const sent = await person.submit();

    expect(sent).toEqual({
      outcome: 'errors',
      by: 'app',
      errors: { [field]: expect.stringContaining('This looks like a password or token.') },
    });
    expect(await auditOf(journey, request, 'task-answered')).toEqual([]);
    expect(JSON.stringify(await journey.product.records.get(request.id))).not.toContain('ghp_abc');
    await person.closeView();
  });
});
