import { afterEach, describe, expect, it } from 'vitest';

import type { Account } from '../../src/domain/account.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
import { PEOPLE } from '../../src/sandbox/people.ts';
import { fillOrder, GITLAB_ORDER } from '../support/fill-order.ts';
import type { FormOrder } from '../support/fill-order.ts';
import { eventually, startJourney } from '../support/journey.ts';
import type { Journey } from '../support/journey.ts';
import { toldAlone } from '../support/witness.ts';
import { playToTheEnd } from './verified-end.ts';

const { owner, requester, guest } = PEOPLE;
const AUTOMATION: FormOrder = {
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
};

let journey: Journey;
afterEach(() => journey.close());

// Sign-ins and questions that have to be asked with a POST; they change nothing.
const ASKING = /sys\/capabilities-self|auth\/approle\/login|oauth\/token|session/u;

/** Fails when anything outside was changed, or a request was recorded, while `work` ran. */
async function withoutChange<T>(work: () => Promise<T>): Promise<T> {
  const { servers } = journey.sandbox.outside;
  const before = new Map(servers.map((server) => [server, server.exchanges.length]));
  const requests = await journey.product.requests.list(null);
  const accounts = await journey.product.records.listAccounts({});
  expect(accounts.every(({ care }) => care.checkAt !== null)).toBe(true);
  const result = await work();
  const writes = servers.flatMap((server) =>
    server.exchanges
      .slice(before.get(server))
      .filter(({ request }) => !['GET', 'HEAD', 'OPTIONS'].includes(request.method))
      .map(({ request }) => `${server.name}: ${request.method} ${request.path}`)
      .filter((call) => !ASKING.test(call)),
  );
  expect(writes).toEqual([]);
  expect(await journey.product.requests.list(null)).toEqual(requests);
  expect(await journey.product.records.listAccounts({})).toEqual(accounts);
  return result;
}

/** An account, once what the app does by itself after a confirmation is over, too. */
async function settledAccount(order: FormOrder): Promise<Account> {
  const { account } = await playToTheEnd(journey, order);
  const { confluence } = journey.sandbox.outside;
  return eventually('the account being looked after, and the index being drawn', async () => {
    const now = await journey.product.records.findAccount(account.id);
    const writes = confluence.servers
      .flatMap(({ exchanges }) => exchanges)
      .filter(({ request }) => request.method !== 'GET');
    const drawn = confluence.pages().length > 1 && writes.at(-1)?.request.method === 'DELETE';
    return drawn && now?.care.checkAt != null ? now : undefined;
  });
}

/** The answer to the command, as its person reads it. */
async function tryOut(text: string, says: string, who: string = owner.id): Promise<string> {
  const { slack } = journey.sandbox;
  await slack.as(who).slashCommand(`/flow-service-account dry-run ${text}`);
  return toldAlone(journey, who, says);
}

/** Waits for the modal on top to show these words. */
function onTop(who: string, says: string): Promise<string> {
  const shown = (): string | undefined => {
    const top = journey.sandbox.slack.world.modals.get(who)?.at(-1);
    if (top === undefined) return undefined;
    const text = JSON.stringify(top.blocks);
    return text.includes(says) ? text : undefined;
  };
  return journey.sandbox.slack.waitFor(shown, { timeoutMs: 10_000, what: `a modal with ${says}` });
}

describe('Trying an operation without changes', () => {
  it('shows every step of a rotation, who does it and who decides, and changes nothing', async () => {
    journey = await startJourney();
    const account = await settledAccount(GITLAB_ORDER);

    const answer = await withoutChange(() => tryOut(`rotate ${account.id}`, 'The plan: 7 steps'));

    expect(answer).toContain('Nothing was changed, and no request was made.');
    expect(answer).toContain('approves it at once');
    expect(answer).toMatch(/Make a new credential.*: by the app/u);
    expect(answer).toMatch(/Give the new credential to Flow: a task for @/u);
    expect(answer).not.toContain('What stands in the way');
    const audit = await journey.product.records.audit.list({ subject: account.id });
    expect(audit.at(-1)).toMatchObject({
      action: 'dry-run',
      actor: owner.id,
      details: { operation: 'rotate', address: account.address },
    });
    journey.expectCleanWorld();
  });

  it('of a closing tells the warning about Flow’s data and whom it would ask', async () => {
    journey = await startJourney();
    const account = await settledAccount(GITLAB_ORDER);

    const answer = await withoutChange(() => tryOut(`close ${account.id}`, 'The plan: 6 steps'));

    expect(answer).toContain('Deleting an integration in Flow deletes all data');
    expect(answer).toContain('asks for 1 approval by');
    expect(answer).toMatch(/Disconnect it from Flow: a task for @/u);
  });

  it('says what stands in the way: another operation, a lost credential, a lost user', async () => {
    journey = await startJourney();
    const account = await settledAccount(AUTOMATION);
    const { slack, outside } = journey.sandbox;
    await slack.as(owner.id).slashCommand(`/flow-service-account close ${account.id} moved`);
    await expect
      .poll(async () => (await journey.product.requests.list(null)).length)
      .toBeGreaterThan(1);
    await journey.product.ports.store.remove(account.secret.name);
    const { users } = outside.gitlab.state;
    users.splice(
      users.findIndex(({ username }) => username === account.login),
      1,
    );

    const answer = await withoutChange(() => tryOut(`rotate ${account.id}`, 'stands in the way'));

    expect(answer).toContain(`is still under way for ${account.address}`);
    expect(answer).toContain(`${account.secret.name} is not in`);
    expect(answer).toContain('knows no user for');
  });

  it('tells what the systems lack that it needs', async () => {
    journey = await startJourney();
    const account = await settledAccount(GITLAB_ORDER);
    const { flow } = journey.sandbox.outside;
    for (const { faults } of flow.servers) faults.inject({ fault: fault.status(503), times: 50 });

    const answer = await withoutChange(() => tryOut(`rotate ${account.id}`, 'The plan: 7 steps'));
    for (const { faults } of flow.servers) faults.clear();

    expect(answer).toContain('What the systems say that this needs');
  });

  it('is refused to whoever may not ask for it', async () => {
    journey = await startJourney();
    const account = await settledAccount(GITLAB_ORDER);

    const refusal = await withoutChange(() =>
      tryOut(`rotate ${account.id}`, 'Guests cannot', guest.id),
    );

    expect(refusal).not.toContain('The plan');
    const audit = await journey.product.records.audit.list({ actor: guest.id });
    expect(audit).toMatchObject([{ action: 'refused', details: { wanted: 'dry-run' } }]);
  });

  it('gives an example when it is not understood', async () => {
    journey = await startJourney();

    const answer = await tryOut('reset it', 'Please say what to try', requester.id);

    expect(answer).toContain('/flow-service-account dry-run rotate SA-7K3F9Q');
  });
});

describe('“Try without changes” on the form', () => {
  it('shows the plan on top of the form, and the form can still be sent', async () => {
    journey = await startJourney();
    const person = journey.sandbox.slack.as(requester.id);
    await fillOrder(person, AUTOMATION);

    const seen = await withoutChange(async () => {
      await person.click('Try without changes', { on: 'modal' });
      return onTop(requester.id, 'The plan: 11 steps');
    });
    await person.closeView();
    const sent = await person.submit();

    expect(seen).toContain('Make the address release-bot@');
    expect(seen).toContain('Nothing was changed, and no request was made.');
    expect(sent).toEqual({ outcome: 'updated' });
    journey.expectCleanWorld();
  });

  it('says what is missing or taken, all at once', async () => {
    journey = await startJourney();
    await settledAccount(GITLAB_ORDER);
    const person = journey.sandbox.slack.as(requester.id);
    await fillOrder(person, { ...GITLAB_ORDER, purpose: 'short' });

    const seen = await withoutChange(async () => {
      await person.click('Try without changes', { on: 'modal' });
      return onTop(requester.id, 'There is no plan yet');
    });

    expect(seen).toContain('Say in a sentence what it is for');
  });
});
