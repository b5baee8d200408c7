import { afterEach, describe, expect, it } from 'vitest';

import type { Request } from '../../src/domain/request.ts';
import { PEOPLE } from '../../src/sandbox/people.ts';
import { renderMessage } from '../../src/sandbox/slack/render-text.ts';
import { GITLAB_ORDER } from '../support/fill-order.ts';
import { eventually, startJourney } from '../support/journey.ts';
import type { Journey } from '../support/journey.ts';
import { playToTheEnd } from './verified-end.ts';

let journey: Journey;
afterEach(() => journey.close());

/** What a person's newest private answer says once it says these words. */
async function asks(who: keyof typeof PEOPLE, command: string, words: string): Promise<string> {
  const { slack } = journey.sandbox;
  const actor = slack.as(PEOPLE[who].id);
  await actor.slashCommand(`/flow-service-account ${command}`);
  return slack.waitFor(
    () => {
      const newest = actor.ephemerals().at(-1);
      const text = newest === undefined ? '' : renderMessage(newest);
      return text.includes(words) ? text : undefined;
    },
    { timeoutMs: 10_000, what: `${who} reading “${words}”` },
  );
}

async function newRequest(act: () => Promise<unknown>): Promise<Request> {
  const before = new Set((await journey.product.requests.list(null)).map(({ id }) => id));
  await act();
  return eventually('the operation in the records', async () =>
    (await journey.product.requests.list(null)).find(({ id }) => !before.has(id)),
  );
}

describe('The inventory in Slack', () => {
  it('lists an account, shows it, and has it rotated and its story told from there', async () => {
    journey = await startJourney({
      change: { accounts: { rotation_grace: '1s' }, admins: { users: [PEOPLE.lead.id] } },
    });
    const { account } = await playToTheEnd(journey, GITLAB_ORDER);
    const owner = journey.sandbox.slack.as(PEOPLE.owner.id);

    const mine = await asks('owner', 'list', account.id);
    await asks('owner', 'list connection:gitlab', account.id);
    await asks('lead', 'list all', account.id);
    const refused = await asks('admin', 'list all', 'Only the admins');
    const shown = await asks('owner', `show ${account.id}`, account.login);
    const rotation = await newRequest(() => owner.click('Rotate now'));
    const end = await journey.finish(rotation);
    const after = await asks('owner', `show ${account.id}`, 'number 2');
    const story = await asks('owner', `audit ${account.id}`, 'What happened with');

    expect(mine).toContain('Healthy');
    expect(mine).toContain(account.address);
    expect(refused).not.toContain(account.address);
    expect(shown).toContain(account.verification.role);
    expect(shown).toContain('Open the stored credential');
    expect(end.state).toBe('done');
    expect(after).toContain(rotation.id);
    expect(story).toContain(`(${rotation.id})`);
    expect(story).toContain('completed and verified');
    expect(await asks('requester', `audit ${account.id}`, 'Only')).not.toContain('completed');
    journey.expectCleanWorld();
  });

  it('asks for a reason before it closes, and shows the owner’s Home tab what came of it', async () => {
    journey = await startJourney({ change: { accounts: { rotation_grace: '1s' } } });
    const { account } = await playToTheEnd(journey, GITLAB_ORDER);
    const { slack } = journey.sandbox;
    const owner = slack.as(PEOPLE.owner.id);
    const home = () => JSON.stringify(owner.home()?.blocks ?? '');
    await owner.openHome();
    await slack.waitFor(() => home().includes(account.id), { timeoutMs: 10_000 });

    await owner.click('show_account', { on: 'home' });
    const view = () => JSON.stringify(owner.view()?.blocks ?? '');
    await slack.waitFor(() => view().includes('Close…'), { timeoutMs: 10_000 });
    await owner.click('Close…', { on: 'modal' });
    await slack.waitFor(() => view().includes('Why it is to be closed'), { timeoutMs: 10_000 });
    const empty = await owner.submit();
    await owner.fillIn({ reason: 'The team has moved on' });
    const closing = await newRequest(() => owner.submit());
    await journey.approve(closing);
    const end = await journey.finish(closing);

    expect(empty).toMatchObject({ outcome: 'errors' });
    expect(end.state).toBe('done');
    await slack.waitFor(() => home().includes('“Close') || home().includes('Close: '), {
      timeoutMs: 10_000,
      what: 'the closing on the Home tab',
    });
    expect(await asks('owner', 'list', 'own no service accounts')).not.toContain(account.address);
    expect(await asks('approver', 'list closed', account.id)).toContain('Closed');
    expect(await asks('owner', `show ${account.id}`, 'Closed')).not.toContain('Rotate now');
    journey.expectCleanWorld();
  });
});
