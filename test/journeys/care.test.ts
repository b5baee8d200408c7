import { afterEach, describe, expect, it } from 'vitest';

import type { Account } from '../../src/domain/account.ts';
import { marker } from '../../src/domain/naming.ts';
import { CHANNEL, PEOPLE } from '../../src/sandbox/people.ts';
import { renderMessage } from '../../src/sandbox/slack/render-text.ts';
import type { Message } from '../../src/sandbox/slack/world.ts';
import { drivenClock, HOUR } from '../support/driven-clock.ts';
import type { DrivenClock } from '../support/driven-clock.ts';
import { GITLAB_ORDER } from '../support/fill-order.ts';
import type { FormOrder } from '../support/fill-order.ts';
import { eventually, startJourney } from '../support/journey.ts';
import type { Journey, JourneyOptions } from '../support/journey.ts';
import { playToTheEnd } from './verified-end.ts';

const DAY = 24 * HOUR;
const OWNED = { ...GITLAB_ORDER, secondOwner: PEOPLE.lead.id };

let journey: Journey;
let clock: DrivenClock;
afterEach(() => journey.close());

async function anAccount(options: JourneyOptions = {}, order: FormOrder = OWNED): Promise<Account> {
  clock = drivenClock();
  journey = await startJourney({ clock, ...options });
  const { account } = await playToTheEnd(journey, order);
  // Its first look, at which its dates are set.
  return eventually('its first dates', async () => {
    const current = await now(account);
    return current.care.checkAt !== null && current.care.review.dueAt !== null
      ? current
      : undefined;
  });
}

async function now({ id }: Account): Promise<Account> {
  const account = await journey.product.records.findAccount(id);
  if (account === undefined) throw new Error(`${id} is gone`);
  return account;
}

/** Time passes, the sweep comes by, and whatever was due has been done. */
async function pass(account: Account, ms: number): Promise<Account> {
  clock.forward(ms);
  await journey.product.sweep();
  return eventually('what was due to be done', async () => {
    const current = await now(account);
    const { dueAt } = current.care;
    return dueAt === null || dueAt > clock.now().toISOString() ? current : undefined;
  });
}

function dms(who: keyof typeof PEOPLE, text: string): Message[] {
  const all = journey.sandbox.slack.as(PEOPLE[who].id).dms();
  return all.filter((message) => renderMessage(message).includes(text));
}

function told(who: keyof typeof PEOPLE, text: string): Promise<Message> {
  return eventually(`“${text}” to ${who}`, () => dms(who, text).at(-1));
}

function inThread(text: string): Message[] {
  return journey.sandbox.slack.world.messages.filter(
    (message) => message.channel === CHANNEL.id && renderMessage(message).includes(text),
  );
}

function tokenOf(account: Account) {
  const { gitlab } = journey.sandbox.outside;
  const found = gitlab.state.tokens.find(({ name }) => name === `${marker(account.id)}-1`);
  if (found === undefined) throw new Error('no token');
  return found;
}

describe('An account is checked every day', () => {
  it('and nothing is said while nothing has changed', async () => {
    const account = await anAccount();

    const after = await pass(account, 27 * HOUR);

    expect(after.care.health).toMatchObject({ state: 'healthy', says: [] });
    expect(after.care.health.checkedAt! > account.care.health.checkedAt!).toBe(true);
    const posted = await journey.product.records.messages.list(account.id);
    expect(posted.filter(({ key }) => key.startsWith('care:'))).toEqual([]);
    const reads = await journey.product.records.audit.list({
      subject: account.id,
      actions: ['credential-read'],
    });
    expect(reads.at(-1)).toMatchObject({ details: { step: 'check' } });
  });

  it('and a revoked credential is told to its owner and in the thread, until it works again', async () => {
    const account = await anAccount();
    tokenOf(account).revoked = true;

    const broken = await pass(account, 27 * HOUR);
    await told('owner', 'Broken');
    await pass(account, 27 * HOUR);
    tokenOf(account).revoked = false;
    const well = await pass(account, 27 * HOUR);
    await told('owner', 'healthy again');

    expect(broken.care.health.state).toBe('broken');
    expect(well.care.health.state).toBe('healthy');
    expect(dms('owner', 'Broken')).toHaveLength(1);
    expect(inThread('Broken')).toHaveLength(1);
    expect(dms('lead', 'Broken')).toHaveLength(0);
    journey.expectCleanWorld();
  });

  it('and a vendor that is away says nothing about it', async () => {
    const account = await anAccount();
    const server = journey.sandbox.outside.gitlab.servers[0]!;
    const answer = { status: 503, body: {} };
    server.faults.inject({ fault: { kind: 'status', answer, afterEffect: false }, times: 1000 });

    const after = await pass(account, 27 * HOUR);

    expect(after.care.health.state).toBe('healthy');
    expect(after.care.checkAt! > clock.now().toISOString()).toBe(true);
  });

  it('at once when somebody asks, and only for its people', async () => {
    const account = await anAccount();
    const { slack } = journey.sandbox;
    const owner = slack.as(PEOPLE.owner.id);

    await owner.slashCommand(`/flow-service-account verify ${account.id}`);
    const answer = await eventually('the answer', () =>
      owner.ephemerals().find(({ text }) => text.includes('is healthy')),
    );
    const stranger = slack.as(PEOPLE.requester.id);
    await stranger.slashCommand(`/flow-service-account verify ${account.id}`);
    const refusal = await eventually('the refusal', () =>
      stranger.ephemerals().find(({ text }) => text.includes('Only the owners')),
    );

    expect(answer.text).toContain('sees 2 projects');
    expect(refusal.text).toContain(PEOPLE.owner.id);
  });
});

describe('A renewal that comes near', () => {
  it('is told to ever more people: 30, 14 and 3 days before and on the day', async () => {
    const account = await anAccount();
    const until = Date.parse(account.rotateAt) - clock.now().getTime();

    await pass(account, until - 30 * DAY + HOUR);
    await told('owner', 'due to be renewed');
    expect(dms('lead', 'due to be renewed')).toHaveLength(0);
    await pass(account, 16 * DAY);
    await told('lead', 'due to be renewed');
    expect(inThread('due to be renewed')).toHaveLength(0);
    await pass(account, 11 * DAY);
    await eventually('the channel to be told', () => inThread('due to be renewed').at(0));
    await pass(account, 3 * DAY);

    await told('owner', 'due to be renewed today');
    await eventually('the channel on the day', () => inThread('renewed today').at(0));
    expect(dms('owner', 'due to be renewed')).toHaveLength(4);
    journey.expectCleanWorld();
  });

  it('can be put off with a reason, but not beyond the last three days', async () => {
    const account = await anAccount();
    const until = Date.parse(account.rotateAt) - clock.now().getTime();
    await pass(account, until - 14 * DAY + HOUR);
    const message = await told('owner', 'due to be renewed');
    const owner = journey.sandbox.slack.as(PEOPLE.owner.id);

    await owner.click('Remind me later…', { message });
    await owner.openView();
    await owner.fillIn({ reason: 'After the release', days: '30' });
    await owner.submit();
    await told('owner', 'You are reminded of');
    const snoozed = await now(account);
    await pass(account, 9 * DAY);
    expect(dms('owner', 'due to be renewed')).toHaveLength(1);
    await pass(account, 3 * DAY);

    expect(snoozed.care.reminder).toMatchObject({ reason: 'After the release' });
    await eventually('the last call', () => dms('owner', 'due to be renewed').at(1));
  });

  it('is done by the app itself for a pipeline, where policy says so', async () => {
    const account = await anAccount(
      { change: { accounts: { rotate_automatically: true, rotation_grace: '1s' } } },
      {
        kind: 'automation',
        connection: 'GitLab acme',
        access: 'contributor',
        scope: ['acme/platform/api'],
        process: 'Nightly release',
        automation: 'GitLab CI/CD',
        target: 'project:acme/platform/api',
        secretName: 'RELEASE_TOKEN',
        hideFromReports: [],
        localPart: 'release-bot',
        secondOwner: PEOPLE.lead.id,
      },
    );
    clock.forward(Date.parse(account.rotateAt) - clock.now().getTime() + HOUR);

    await journey.product.sweep();
    const rotated = await eventually(
      'the rotation',
      async () => {
        await journey.product.sweep();
        const current = await now(account);
        return current.generation === 2 ? current : undefined;
      },
      40_000,
    );

    expect(rotated.rotateAt > account.rotateAt).toBe(true);
    const [rotation] = await journey.product.records.list({ account: account.id, limit: 1 });
    expect(rotation).toMatchObject({ requester: 'system', state: 'done' });
    journey.expectCleanWorld();
  });
});

describe('A review', () => {
  it('asks the owner, who keeps it with one click', async () => {
    const account = await anAccount();
    await pass(account, 92 * DAY);
    const message = await told('owner', 'still needed?');

    await journey.sandbox.slack.as(PEOPLE.owner.id).click('Keep it', { message });

    await told('owner', 'keeps');
    const kept = await now(account);
    expect(kept.care.review).toMatchObject({ askedAt: null, answers: [{ answer: 'keep' }] });
    expect(dms('owner', 'still needed?')).toHaveLength(0);
    const story = await journey.product.records.audit.list({ subject: account.id });
    expect(story.map(({ action }) => action)).toContain('review-answered');
  });

  it('that nobody answers goes to the second owner, the approvers, and then to a decision to close', async () => {
    const account = await anAccount({ change: { accounts: { silent_review: 'close' } } });

    await pass(account, 92 * DAY);
    await pass(account, 8 * DAY);
    await told('lead', 'still needed?');
    await pass(account, 8 * DAY);
    await eventually('the approvers to be asked', () => inThread('still needed?').at(0));
    await pass(account, 8 * DAY);

    const [closing] = await journey.product.records.list({ account: account.id, limit: 1 });
    expect(closing).toMatchObject({ operation: { kind: 'close' }, state: 'pending' });
    expect((await now(account)).state).toBe('active');
  });
});

describe('An owner who leaves', () => {
  it('is followed by the second owner, who is asked to accept', async () => {
    const account = await anAccount();
    await journey.sandbox.slack.changePerson(PEOPLE.owner.id, { deleted: true });

    const promoted = await pass(account, 27 * HOUR);
    const message = await told('lead', 'asked to take over');
    await journey.sandbox.slack.as(PEOPLE.lead.id).click('I take it over', { message });
    const accepted = await eventually('the new owner', async () => {
      const current = await now(account);
      return current.care.handOver === null ? current : undefined;
    });

    expect(promoted).toMatchObject({ owner: PEOPLE.lead.id, secondOwner: null });
    expect(accepted.owner).toBe(PEOPLE.lead.id);
    const page = await eventually('the new owner on its page', () =>
      journey.sandbox.outside.confluence
        .pages()
        .find(({ title, body }) => title.includes(account.id) && body.includes('<p>lead</p>')),
    );
    expect(page.body).not.toContain('<p>owner</p>');
    const stored = journey.sandbox.outside.vault
      .secretsMeta()
      .find(({ name }) => name === account.secret.name);
    expect(stored?.labels).toMatchObject({
      owner: PEOPLE.lead.id,
      'rotate-by': account.rotateAt.slice(0, 10),
      page: account.page.url,
    });
  });

  it('without a second owner leaves it to the approvers, any of whom takes it', async () => {
    const account = await anAccount({}, GITLAB_ORDER);
    await journey.sandbox.slack.changePerson(PEOPLE.owner.id, { deleted: true });

    await pass(account, 27 * HOUR);
    const message = await eventually('the approvers to be asked', () =>
      inThread('Who of the approvers takes over').at(0),
    );
    await journey.sandbox.slack.as(PEOPLE.second.id).click('I take it over', { message });

    const taken = await eventually('the new owner', async () => {
      const current = await now(account);
      return current.care.handOver === null ? current : undefined;
    });
    expect(taken.owner).toBe(PEOPLE.second.id);
  });

  it('may also hand over by hand, and nothing changes until the other accepts', async () => {
    const account = await anAccount();
    const { slack } = journey.sandbox;

    await slack
      .as(PEOPLE.owner.id)
      .slashCommand(`/flow-service-account hand-over ${account.id} <@${PEOPLE.admin.id}|admin>`);
    const message = await told('admin', 'asked to take over');
    const before = await now(account);
    await slack.as(PEOPLE.admin.id).click('I take it over', { message });

    expect(before.owner).toBe(PEOPLE.owner.id);
    await eventually('the new owner', async () => {
      const current = await now(account);
      return current.owner === PEOPLE.admin.id ? current : undefined;
    });
  });
});

describe('Somebody who leaves with a task open', () => {
  it('has it given to somebody else at once', async () => {
    journey = await startJourney();
    const asked = await journey.ask({ ...GITLAB_ORDER, secondOwner: PEOPLE.lead.id });
    await journey.approve(asked);
    const before = await journey.until(asked, 'waiting');
    const assignee = before.steps.find(({ task }) => task !== null)?.task?.assignee;

    await journey.sandbox.slack.changePerson(assignee ?? '', { deleted: true });

    const after = await eventually('another assignee', async () => {
      const current = await journey.product.records.get(asked.id);
      const task = current.steps.find((step) => step.task !== null)?.task;
      return task != null && task.assignee !== assignee ? task.assignee : undefined;
    });
    expect(assignee).toBe(PEOPLE.admin.id);
    expect(after).toBe(PEOPLE.owner.id);
  });
});

describe('A closed account', () => {
  it('keeps its stored secrets for a while, and then they are destroyed', async () => {
    const account = await anAccount();
    const { slack } = journey.sandbox;
    const before = new Set((await journey.product.requests.list(null)).map(({ id }) => id));
    await slack
      .as(PEOPLE.owner.id)
      .slashCommand(`/flow-service-account close ${account.id} No longer needed`);
    const asked = await eventually('the request', async () =>
      (await journey.product.requests.list(null)).find(({ id }) => !before.has(id)),
    );
    await journey.approve(asked);
    await journey.finish(asked);
    const closed = await eventually('its last date', async () => {
      const current = await now(account);
      return current.care.destroyAt === null ? undefined : current;
    });
    const stored = await journey.product.ports.store.find(account.secret.name);

    clock.forward(31 * DAY);
    await journey.product.sweep();
    await eventually('the end', async () =>
      (await now(account)).care.dueAt === null ? true : undefined,
    );

    expect(closed.state).toBe('closed');
    expect(stored).toBeDefined();
    expect(await journey.product.ports.store.find(account.secret.name)).toBeUndefined();
    const story = await journey.product.records.audit.list({ subject: account.id });
    expect(story.at(-1)).toMatchObject({ action: 'secret-destroyed' });
  });
});
