import { afterEach, describe, expect, it } from 'vitest';

import { marker } from '../../src/domain/naming.ts';
import type { Request } from '../../src/domain/request.ts';
import { Secret } from '../../src/domain/secret.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
import { openTaskOf } from '../../src/sandbox/hands.ts';
import { PEOPLE } from '../../src/sandbox/people.ts';
import type { DraftAdoption } from '../../src/requests/validate-adoption.ts';
import type { AccountSpec, Vendor } from '../../src/vendors/vendor.ts';
import { eventually, startJourney } from '../support/journey.ts';
import type { Journey } from '../support/journey.ts';
import { toldAlone } from '../support/witness.ts';

const { requester, owner } = PEOPLE;
const SOON = { accounts: { rotation_grace: '1s' } };
const LOGIN = 'old-flow-bot';
const ADDRESS = 'old-flow-bot@elsewhere.example';

let journey: Journey;
afterEach(() => journey.close());

function gitlab(): Vendor {
  const connection = journey.product.ports.connections.get('gitlab');
  if (connection === undefined) throw new Error('No GitLab here');
  return connection.vendor;
}

/** A service account as somebody made it long before there was this app, and its token. */
async function madeLongAgo(
  login = LOGIN,
  kind: AccountSpec['kind'] = 'integration',
): Promise<Secret> {
  const vendor = gitlab();
  const [group] = await vendor.searchScopes(kind === 'automation' ? 'api' : 'platform');
  if (group === undefined || vendor.credential.how !== 'minted') throw new Error('Not this GitLab');
  const spec: AccountSpec = {
    marker: 'by-hand',
    address: `${login}@elsewhere.example`,
    login,
    displayName: 'Old bot of the platform team',
    purpose: 'Nobody remembers',
    kind,
    access: 'contributor',
    scope: [group],
    services: kind === 'automation' ? [] : ['repositories'],
    passwordUrl: null,
  };
  const made = await vendor.ensureUser(spec, {});
  if (made.kind !== 'done') throw new Error('GitLab makes it at once');
  await vendor.ensureAccess(spec, made.value);
  return (await vendor.credential.mint(spec, made.value, 'old token', 200)).secret;
}

interface Filled {
  readonly login?: string;
  readonly address?: string;
  readonly storedAs?: string;
}

/** Opens the form and fills it in; what is left out is as above. */
async function fillForm({ login = LOGIN, address = ADDRESS, storedAs = '' }: Filled) {
  const person = journey.sandbox.slack.as(requester.id);
  const appears = (field: string) =>
    person.openView((view) => JSON.stringify(view.blocks).includes(`"${field}`));
  if (person.view() !== undefined) await person.closeView({ all: true });
  await person.slashCommand('/flow-service-account adopt');
  await person.openView();
  await person.fillIn({ kind: 'integration' });
  await appears('connection');
  await person.fillIn({ connection: 'GitLab acme' });
  await appears('scope');
  await person.typeahead('scope', 'platform');
  await person.fillIn({
    scope: ['acme/platform'],
    access: 'contributor',
    services: ['repositories'],
    login,
    address,
    ...(storedAs === '' ? {} : { storedAs }),
    purpose: 'Flow reads the repositories of the platform team.',
    owner: owner.id,
  });
  return person;
}

async function adopt(filled: Filled = {}): Promise<Request> {
  const before = new Set((await journey.product.requests.list(null)).map(({ id }) => id));
  const person = await fillForm(filled);
  expect(await person.submit()).toEqual({ outcome: 'updated' });
  return eventually('the adoption in the records', async () =>
    (await journey.product.requests.list(null)).find(({ id }) => !before.has(id)),
  );
}

/** The credential handed in on the one-time page; the page's answer. */
async function handIn(request: Request, value: Secret): Promise<number> {
  const task = await eventually('the task', async () =>
    openTaskOf(await journey.product.records.get(request.id)),
  );
  const { directory } = journey.product.slack;
  const by = await directory.member(task.task.assignee, []);
  const answer = await journey.product.requests.openDeposit(request.id, task.step, by!);
  if (answer.kind !== 'done' || answer.value === null) throw new Error('No page');
  const { url, code } = answer.value;
  const posted = await fetch(url, {
    method: 'POST',
    headers: { 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ code, credential: value.reveal() }),
  });
  if (posted.status === 200) {
    await eventually('the check of what was handed in', async () => {
      const now = await journey.product.records.get(request.id);
      return openTaskOf(now)?.step === task.step ? undefined : now;
    });
  }
  return posted.status;
}

function tokensOf(login: string): (readonly [string, boolean])[] {
  const { state } = journey.sandbox.outside.gitlab;
  const user = state.users.find(({ username }) => username === login);
  return state.tokens
    .filter(({ userId }) => userId === user?.id)
    .map(({ name, revoked }) => [name, revoked] as const);
}

async function operate(text: string): Promise<Request> {
  const before = new Set((await journey.product.requests.list(null)).map(({ id }) => id));
  await journey.sandbox.slack.as(owner.id).slashCommand(`/flow-service-account ${text}`);
  return eventually('the operation', async () =>
    (await journey.product.requests.list(null)).find(({ id }) => !before.has(id)),
  );
}

describe('Adopting an account that is there already', () => {
  it('takes its credential over from the store, proves it, and changes nothing about it', async () => {
    journey = await startJourney();
    const token = await madeLongAgo();
    await journey.product.ports.store.create('flow-bot-token', token, {});

    const asked = await adopt({ storedAs: 'flow-bot-token' });
    expect(asked.state).toBe('pending');
    await journey.approve(asked);
    const end = await journey.finish(asked);

    expect(end.failure).toBeNull();
    expect(end.state).toBe('done');
    const thread = await journey.read(end, 'your account is ready');
    expect(thread).toContain('which is there already, comes under care');
    const account = await journey.product.records.findAccount(asked.id);
    expect(account).toMatchObject({
      state: 'active',
      login: LOGIN,
      address: ADDRESS,
      owner: owner.id,
      secret: { name: `${marker(asked.id)}-token` },
    });
    const { store } = journey.product.ports;
    expect((await store.read(`${marker(asked.id)}-token`)).equals(token)).toBe(true);
    expect((await store.read('flow-bot-token')).equals(token)).toBe(true);
    expect(tokensOf(LOGIN)).toEqual([['old token', false]]);
    journey.expectCleanWorld();
  });

  it('is then renewed and closed like any other, and its old token ends by its value', async () => {
    journey = await startJourney({ change: SOON });
    const token = await madeLongAgo();
    await journey.product.ports.store.create('flow-bot-token', token, {});
    const asked = await adopt({ storedAs: 'flow-bot-token' });
    await journey.approve(asked);
    await journey.finish(asked);

    const rotated = await journey.finish(await operate(`rotate ${asked.id} old and unknown`));
    const afterRotation = tokensOf(LOGIN);
    const closing = await operate(`close ${asked.id} moved`);
    await journey.approve(closing);
    const closed = await journey.finish(closing);

    expect([rotated.failure, rotated.state]).toEqual([null, 'done']);
    expect(afterRotation).toEqual([
      ['old token', true],
      [`${marker(asked.id)}-2`, false],
    ]);
    expect([closed.failure, closed.state]).toEqual([null, 'done']);
    const { users } = journey.sandbox.outside.gitlab.state;
    expect(users.some(({ username }) => username === LOGIN)).toBe(false);
    journey.expectCleanWorld();
  });

  it('has its owner hand the credential in, and takes no other', async () => {
    journey = await startJourney();
    const token = await madeLongAgo();
    const other = await madeLongAgo('another-bot');
    const asked = await adopt();
    await journey.approve(asked);

    const wrong = await handIn(asked, other);
    const right = await handIn(asked, token);
    const end = await journey.finish(asked);

    expect([wrong === 200, right]).toEqual([false, 200]);
    expect([end.failure, end.state]).toEqual([null, 'done']);
    journey.expectCleanWorld();
  });

  it('asks for another credential when the stored one is not right', async () => {
    journey = await startJourney();
    const token = await madeLongAgo();
    const other = await madeLongAgo('another-bot');
    await journey.product.ports.store.create('flow-bot-token', other, {});
    const asked = await adopt({ storedAs: 'flow-bot-token' });
    await journey.approve(asked);

    const waiting = await journey.until(asked, 'waiting');
    const finding = openTaskOf(waiting)?.task.finding;
    await handIn(asked, token);
    const end = await journey.finish(asked);

    expect(finding).toContain('The value under flow-bot-token was tried.');
    expect(end.state).toBe('done');
  });

  it('asks for the credential where the store does not let the app read the named one', async () => {
    journey = await startJourney();
    const token = await madeLongAgo();
    const asked = await adopt({ storedAs: 'team-token' });
    await journey.approve(asked);

    const waiting = await journey.until(asked, 'waiting');
    await handIn(asked, token);
    const end = await journey.finish(asked);

    expect(openTaskOf(waiting)?.task.finding).toContain('does not let the app read team-token');
    expect(end.state).toBe('done');
  });

  it('keeps one copy of the credential when the store’s answers are lost', async () => {
    journey = await startJourney();
    const token = await madeLongAgo();
    await journey.product.ports.store.create('flow-bot-token', token, {});
    const asked = await adopt({ storedAs: 'flow-bot-token' });
    const lost = { fault: fault.dropAfterEffect(), path: `${marker(asked.id)}-token` };
    for (const { faults } of journey.sandbox.outside.vault.servers) {
      faults.inject({ ...lost, method: 'POST' });
      faults.inject({ ...lost, method: 'GET' });
    }
    await journey.approve(asked);

    const end = await journey.finish(asked);

    expect([end.failure, end.state]).toEqual([null, 'done']);
    const copies = journey.sandbox.outside.vault
      .secretsMeta()
      .filter(({ name }) => name.startsWith(marker(asked.id)));
    expect(copies.map(({ version }) => version)).toEqual([1]);
  });

  it('leaves everything as it was when it is stopped and undone', async () => {
    journey = await startJourney();
    const token = await madeLongAgo();
    await journey.product.ports.store.create('flow-bot-token', token, {});
    const asked = await adopt({ storedAs: 'flow-bot-token' });
    await journey.approve(asked);
    await journey.until(asked, 'waiting');

    const approver = await journey.product.slack.directory.member(
      PEOPLE.approver.id,
      journey.product.requests.groups,
    );
    await journey.product.requests.undo(asked.id, approver!);
    const end = await journey.until(asked, 'undone', 'failed');

    expect(end.state).toBe('undone');
    expect(tokensOf(LOGIN)).toEqual([['old token', false]]);
    const { store } = journey.product.ports;
    expect(await store.find(`${marker(asked.id)}-token`)).toBeUndefined();
    expect((await store.read('flow-bot-token')).equals(token)).toBe(true);
    expect(await journey.product.records.findAccount(asked.id)).toBeUndefined();
    expect((await gitlab().findByLogin?.(LOGIN))?.login).toBe(LOGIN);
  });

  it('stops with a sentence when the vendor knows no such account', async () => {
    journey = await startJourney();
    const asked = await adopt({ login: 'misspelt-bot' });
    await journey.approve(asked);

    const end = await journey.finish(asked);

    expect(end.state).toBe('failed');
    expect(end.failure?.message).toContain('knows no account misspelt-bot');
  });

  it('says at the fields what is not right, and that it is under care already', async () => {
    journey = await startJourney();
    const token = await madeLongAgo();
    await journey.product.ports.store.create('flow-bot-token', token, {});
    const asked = await adopt({ storedAs: 'flow-bot-token' });
    await journey.approve(asked);
    await journey.finish(asked);

    const again = await (await fillForm({})).submit();
    const twin = await (await fillForm({ address: 'other@elsewhere.example' })).submit();
    const bad = await (
      await fillForm({ address: 'no address', login: 'two words', storedAs: 'flow-sa-abc-token' })
    ).submit();

    expect(JSON.stringify(again)).toContain('is under care already');
    expect(JSON.stringify(twin)).toContain(`is under care already, as ${asked.id}`);
    expect(JSON.stringify(bad)).toContain('Give its whole e-mail address');
    expect(JSON.stringify(bad)).toContain('Give its login');
    expect(JSON.stringify(bad)).toContain('belongs to an account that is under care');
    expect(await journey.product.requests.list(null)).toHaveLength(1);
  });

  it('can be tried without changes', async () => {
    journey = await startJourney();
    const person = await fillForm({ login: 'misspelt-bot', storedAs: 'flow-not-there' });

    await person.click('Try without changes', { on: 'modal' });
    const seen = await journey.sandbox.slack.waitFor(
      () => {
        const top = journey.sandbox.slack.world.modals.get(requester.id)?.at(-1);
        const text = JSON.stringify(top?.blocks ?? []);
        return text.includes('The plan: 7 steps') ? text : undefined;
      },
      { timeoutMs: 10_000, what: 'the plan' },
    );

    expect(seen).toContain('Its credential flow-not-there is not in');
    expect(seen).toContain('knows no account misspelt-bot');
    expect(await journey.product.requests.list(null)).toEqual([]);
  });
});

describe('Adopting the other kinds', () => {
  const rest = {
    purpose: 'A script reads teams every night.',
    owner: owner.id,
    rotationDays: '90',
  };

  async function ask(draft: DraftAdoption): Promise<Request> {
    const { directory } = journey.product.slack;
    const by = await directory.member(requester.id, journey.product.requests.groups);
    const adopted = await journey.product.requests.adopt({ by: by!, draft, dedupeKey: 'once' });
    if (adopted.kind !== 'created') throw new Error(JSON.stringify(adopted));
    await journey.approve(adopted.request);
    return adopted.request;
  }

  it('takes a user of Flow with its API key', async () => {
    journey = await startJourney();
    const address = 'old-api@elsewhere.example';
    const { workspace } = journey.sandbox.outside.flow;
    workspace.addUser(address).hasLogin = true;
    workspace.setRoles(address, ['Admin']);
    const key = workspace.createKey(address);
    await journey.product.ports.store.create('flow-old-key', new Secret(key), {});

    const asked = await ask({
      ...rest,
      kind: 'flow-user',
      role: 'admin',
      address,
      login: '',
      storedAs: 'flow-old-key',
    });
    const end = await journey.finish(asked);

    expect([end.failure, end.state]).toEqual([null, 'done']);
    const account = await journey.product.records.findAccount(asked.id);
    expect(account).toMatchObject({ address, login: address, kind: 'flow-user' });
    journey.expectCleanWorld();
  });

  it('puts the credential of an automated process into its pipeline, and never over another’s', async () => {
    journey = await startJourney();
    const token = await madeLongAgo('old-release-bot', 'automation');
    await journey.product.ports.store.create('flow-release', token, {});
    const place = 'projects acme/platform/api';
    const { ci } = journey.sandbox.outside;
    ci.setByHand(place, 'RELEASE_TOKEN', 'typed long ago');
    const [project] = await gitlab().searchScopes('api');

    const asked = await ask({
      ...rest,
      kind: 'automation',
      connection: 'gitlab',
      access: 'contributor',
      scope: [`${project?.kind ?? ''}|${project?.id ?? ''}|${project?.name ?? ''}`],
      process: 'Nightly release',
      automation: 'gitlab-ci',
      target: 'project:acme/platform/api',
      secretName: 'RELEASE_TOKEN',
      address: 'release@elsewhere.example',
      login: 'old-release-bot',
      storedAs: 'flow-release',
    });
    const stopped = await journey.finish(asked);

    expect(stopped.state).toBe('failed');
    expect(stopped.failure).toMatchObject({ step: 'automation-secret', code: 'name-taken' });
    expect(ci.variables(place)).toMatchObject([{ key: 'RELEASE_TOKEN', value: 'typed long ago' }]);
  });
});

describe('Discovering accounts that are not under care', () => {
  it('lists for admins what looks like Flow’s, without what is known', async () => {
    journey = await startJourney();
    await madeLongAgo();
    await madeLongAgo('old-release-bot');
    const token = await madeLongAgo('cared-flow-bot');
    await journey.product.ports.store.create('flow-bot-token', token, {});
    const asked = await adopt({
      login: 'cared-flow-bot',
      address: 'cared@elsewhere.example',
      storedAs: 'flow-bot-token',
    });
    await journey.approve(asked);
    await journey.finish(asked);

    const { slack } = journey.sandbox;
    await slack.as(PEOPLE.approver.id).slashCommand('/flow-service-account discover gitlab');
    const list = await toldAlone(journey, PEOPLE.approver.id, 'At GitLab acme');
    await slack.as(requester.id).slashCommand('/flow-service-account discover gitlab');
    const refusal = await toldAlone(journey, requester.id, 'Only the admins');

    expect(list).toContain('1 account may be for Flow');
    expect(list).toContain(LOGIN);
    expect(list).not.toContain('old-release-bot');
    expect(list).not.toContain('cared-flow-bot');
    expect(refusal).not.toContain(LOGIN);
    journey.expectCleanWorld();
  });

  it('says where it cannot look, and what there is', async () => {
    journey = await startJourney();
    const person = journey.sandbox.slack.as(PEOPLE.approver.id);

    await person.slashCommand('/flow-service-account discover github');
    const blind = await toldAlone(journey, PEOPLE.approver.id, 'cannot look for accounts');
    await person.slashCommand('/flow-service-account discover nowhere');
    const unknown = await toldAlone(journey, PEOPLE.approver.id, 'There is no connection');

    expect(blind).toContain('GitHub acme');
    expect(unknown).toContain('gitlab');
  });
});
