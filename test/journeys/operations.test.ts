import { afterEach, describe, expect, it } from 'vitest';

import { marker } from '../../src/domain/naming.ts';
import type { Request } from '../../src/domain/request.ts';
import { CHANNEL, PEOPLE } from '../../src/sandbox/people.ts';
import { GITLAB_ORDER } from '../support/fill-order.ts';
import type { FormOrder } from '../support/fill-order.ts';
import { eventually, startJourney } from '../support/journey.ts';
import type { Journey } from '../support/journey.ts';
import { playToTheEnd } from './verified-end.ts';

const SOON = { accounts: { rotation_grace: '1s' } };
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
const FLOW_USER: FormOrder = { kind: 'flow-user', role: 'admin', localPart: 'flow-api' };

let journey: Journey;
afterEach(() => journey.close());

/** The command, as somebody types it, and the request that comes of it. */
async function operate(text: string, who: keyof typeof PEOPLE = 'owner'): Promise<Request> {
  const before = new Set((await journey.product.requests.list(null)).map(({ id }) => id));
  await journey.sandbox.slack.as(PEOPLE[who].id).slashCommand(`/flow-service-account ${text}`);
  return eventually('the operation in the records', async () =>
    (await journey.product.requests.list(null)).find(({ id }) => !before.has(id)),
  );
}

function vaultNames(account: string): string[] {
  return journey.sandbox.outside.vault
    .secretsMeta()
    .filter(({ name, deleted }) => name.startsWith(marker(account)) && !deleted)
    .map(({ name, version }) => `${name.slice(marker(account).length + 1)} v${version}`)
    .toSorted();
}

describe('Rotating the credential of an account', () => {
  it('gives Flow a new GitLab token, and revokes the old one after the grace period', async () => {
    journey = await startJourney({ change: SOON });
    const { account } = await playToTheEnd(journey, GITLAB_ORDER);
    const { gitlab } = journey.sandbox.outside;

    const asked = await operate(`rotate ${account.id} It was shown on a screen`);
    const end = await journey.finish(asked);

    expect(end.failure).toBeNull();
    expect(end.state).toBe('done');
    const thread = await journey.read(end, 'the new credential is in use');
    expect(thread).toContain('It was shown on a screen');
    expect(thread).toContain('Approved at once by the rule');
    const tokens = gitlab.state.tokens.filter(({ name }) => name.startsWith(marker(account.id)));
    expect(tokens.map(({ name, revoked }) => [name, revoked])).toEqual([
      [`${marker(account.id)}-1`, true],
      [`${marker(account.id)}-2`, false],
    ]);
    expect(vaultNames(account.id)).toEqual(['token v2']);
    const stored = await journey.product.ports.store.read(`${marker(account.id)}-token`);
    expect(stored.reveal()).toBe(tokens[1]?.value);
    const after = await journey.product.records.findAccount(account.id);
    expect(after).toMatchObject({ generation: 2, state: 'active', secret: { version: '2' } });
    journey.expectCleanWorld();
  });

  it('puts a new token into the pipeline without anybody', async () => {
    journey = await startJourney({ change: SOON });
    const { account } = await playToTheEnd(journey, AUTOMATION);
    const { gitlab, ci } = journey.sandbox.outside;

    const end = await journey.finish(await operate(`rotate ${account.id}`));

    expect(end.state).toBe('done');
    expect(end.steps.every(({ task }) => task === null)).toBe(true);
    const active = gitlab.state.tokens.filter(
      ({ name, revoked }) => name.startsWith(marker(account.id)) && !revoked,
    );
    expect(active).toHaveLength(1);
    expect(ci.variables('projects acme/platform/api')).toMatchObject([
      { key: 'RELEASE_TOKEN', value: active[0]?.value },
    ]);
    journey.expectCleanWorld();
  });

  it('of a Flow user says first that the old key ends at once', async () => {
    journey = await startJourney({ change: SOON });
    const { account } = await playToTheEnd(journey, FLOW_USER);

    const end = await journey.finish(await operate(`rotate ${account.id}`));

    expect(end.failure).toBeNull();
    expect(end.state).toBe('done');
    expect(await journey.read(end, 'the new credential is in use')).toContain(
      'making the new key ends the old one at once',
    );
    expect(vaultNames(account.id)).toEqual(['api-key v2', 'password v1']);
    journey.expectCleanWorld();
  });

  it('is refused to people who neither own nor approve it, and while another one runs', async () => {
    journey = await startJourney();
    const { account } = await playToTheEnd(journey, GITLAB_ORDER);

    const { slack } = journey.sandbox;
    await slack.as(PEOPLE.guest.id).slashCommand(`/flow-service-account rotate ${account.id}`);
    const refusal = await slack.waitFor(() => slack.as(PEOPLE.guest.id).ephemerals().at(-1)?.text, {
      timeoutMs: 5000,
      what: 'the refusal',
    });
    await operate(`rotate ${account.id}`);
    await slack.as(PEOPLE.owner.id).slashCommand(`/flow-service-account close ${account.id} moved`);
    const busy = await slack.waitFor(
      () =>
        slack
          .as(PEOPLE.owner.id)
          .ephemerals()
          .find(({ text }) => text.includes('still under way'))?.text,
      { timeoutMs: 5000, what: 'the other refusal' },
    );

    expect(refusal).toContain('Guests cannot');
    expect(busy).toContain('Wait until it is over');
  });
});

describe('Closing an account', () => {
  it('disconnects it, ends its credential and its user, and archives its page after approval', async () => {
    journey = await startJourney({ change: SOON });
    const { account } = await playToTheEnd(journey, GITLAB_ORDER);
    const { gitlab, flow } = journey.sandbox.outside;

    const asked = await operate(`close ${account.id} The team has moved on`);
    expect(asked.state).toBe('pending');
    await journey.approve(asked);
    const end = await journey.finish(asked);

    expect(end.failure).toBeNull();
    expect(end.state).toBe('done');
    const thread = await journey.read(end, 'can no longer be used');
    expect(thread).toContain('Deleting an integration in Flow deletes all data');
    expect(flow.workspace.integrations.some((one) => one.marker === marker(account.id))).toBe(
      false,
    );
    const tokens = gitlab.state.tokens.filter(({ name }) => name.startsWith(marker(account.id)));
    expect(tokens.every(({ revoked }) => revoked)).toBe(true);
    const after = await journey.product.records.findAccount(account.id);
    expect(after).toMatchObject({ state: 'closed' });
    journey.expectCleanWorld();
  });

  it('takes the secret out of the pipeline', async () => {
    journey = await startJourney({ change: SOON });
    const { account } = await playToTheEnd(journey, AUTOMATION);

    const asked = await operate(`close ${account.id} No longer needed`);
    await journey.approve(asked);
    const end = await journey.finish(asked);

    expect(end.state).toBe('done');
    expect(journey.sandbox.outside.ci.variables('projects acme/platform/api')).toEqual([]);
    journey.expectCleanWorld();
  });

  it('of a Flow user deletes it in Flow', async () => {
    journey = await startJourney({ change: SOON });
    const { account } = await playToTheEnd(journey, FLOW_USER);

    const asked = await operate(`close ${account.id} No longer needed`);
    await journey.approve(asked);
    const end = await journey.finish(asked);

    expect(end.state).toBe('done');
    expect(journey.sandbox.outside.flow.workspace.user(account.address)).toBeUndefined();
    expect(
      journey.sandbox.slack
        .messages(CHANNEL.id)
        .filter(({ blocks }) => JSON.stringify(blocks).includes(end.id)),
    ).toHaveLength(1);
    journey.expectCleanWorld();
  });
});
