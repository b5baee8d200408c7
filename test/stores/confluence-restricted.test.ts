import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { createLog } from '../../src/lib/log.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
import { confluenceRestricted } from '../../src/stores/confluence-restricted/index.ts';
import { openSandbox } from '../../src/stores/confluence-restricted/sandbox.ts';
import type { SecretStore } from '../../src/stores/store.ts';
import { NO_TABLE } from './tables.ts';
import { describeStore, describeStoreWithPeople } from '../contracts/store-contract.ts';
import type { StoreHarness } from '../contracts/store-contract.ts';

type Sandbox = Awaited<ReturnType<typeof openSandbox>>;

const NAME = 'flow-sa-7k3f9q-token';
const META = { marker: 'flow-sa-7k3f9q', owner: 'U0OWNER' };
const clock = { now: () => new Date('2026-11-23T09:00:00Z') };
const lines: string[] = [];
const log = createLog('trace', { write: (line) => lines.push(line) });

function openStore(sandbox: Sandbox, overrides: Record<string, unknown> = {}): SecretStore {
  const slice = { ...sandbox.config, timeout_ms: 1_000, ...overrides };
  const config = confluenceRestricted.schema.parse(slice);
  return confluenceRestricted.open(config, { clock, log, local: NO_TABLE });
}

/** Looks before every request and at the end: no page with a value is ever open to the space. */
function watchValues(sandbox: Sandbox): () => string[] {
  const open = new Set<string>();
  const look = (): void => {
    for (const page of sandbox.pages()) {
      if (page.body.includes('CDATA') && sandbox.isOpen(page)) open.add(`${page.title} is open`);
    }
  };
  sandbox.server.onRequest(look);
  return () => {
    look();
    return [...open];
  };
}

function labelsOf(sandbox: Sandbox, name: string): Readonly<Record<string, string>> {
  const page = sandbox.pages().find(({ title }) => title === name);
  return (page?.properties.get('flow.secret')?.value ?? {}) as Record<string, string>;
}

async function openHarness(): Promise<StoreHarness> {
  const sandbox = await openSandbox({ clock });
  const openValues = watchValues(sandbox);
  const pages = { path: '/api/v2/pages' };
  const calls = {
    find: { method: 'GET', ...pages },
    read: { method: 'GET', ...pages },
    create: { method: 'PUT', ...pages },
    rotate: { method: 'PUT', ...pages },
  };
  return {
    store: openStore(sandbox),
    another: () => openStore(sandbox),
    linked: (template) => openStore(sandbox, { link: template }),
    labels: (name) => Promise.resolve(labelsOf(sandbox, name)),
    break: (what, how) => sandbox.server.faults.inject({ ...calls[what], fault: how }),
    byHand: {
      softDelete(name) {
        for (const page of sandbox.pages()) if (page.title === name) sandbox.people.trash(page.id);
      },
      squat: (name) => void sandbox.people.addPage(name, `<p><code>${name}</code></p>`),
    },
    logged: () => lines.join(''),
    unexpected: () => [...sandbox.server.unexpected, ...sandbox.exposures(), ...openValues()],
    close: () => sandbox.close(),
  };
}

describeStore('Restricted Confluence', openHarness);
describeStoreWithPeople('Restricted Confluence', openHarness);

describe('Restricted Confluence', () => {
  let sandbox: Sandbox;
  let openValues: () => string[];

  beforeEach(async () => {
    sandbox = await openSandbox({ clock });
    openValues = watchValues(sandbox);
  });

  afterEach(async () => {
    await sandbox.close();
    const faults = [...sandbox.server.unexpected, ...sandbox.exposures(), ...openValues()];
    if (faults.length > 0) throw new Error(faults.join('\n'));
  });

  test('Approvers are warned, and the configuration must accept it in so many words.', () => {
    const { i_accept_that_credentials_are_kept_in_confluence: accepted, ...rest } = sandbox.config;

    const refused = confluenceRestricted.schema.safeParse(rest);
    const denied = confluenceRestricted.schema.safeParse({
      ...rest,
      i_accept_that_credentials_are_kept_in_confluence: false,
    });

    expect(accepted).toBe(true);
    expect(confluenceRestricted.warning).toContain('Confluence page');
    expect(refused.error?.issues[0]?.message).toContain('page history');
    expect(denied.success).toBe(false);
  });

  test('The page belongs to the group and the bot alone and carries its labels.', async () => {
    await openStore(sandbox).create(NAME, new Secret('a-long-value'), META);

    const [page] = sandbox.pages();
    expect(page?.read).toEqual({ users: [page?.authorId], groups: ['credential-readers'] });
    expect(page?.update).toEqual(page?.read);
    expect(page?.properties.get('flow.secret')?.value).toEqual({ name: NAME, ...META });
  });

  test('The link leads outsiders to a page that they cannot see.', async () => {
    const { link } = await openStore(sandbox).create(NAME, new Secret('a-long-value'), META);

    const answer = await fetch(link.url);

    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain('a-long-value');
  });

  test('No value is written when Confluence ignores restrictions.', async () => {
    sandbox.setRestrictionsIgnored(true);

    const attempt = openStore(sandbox).create(NAME, new Secret('a-long-value'), META);

    await expect(attempt).rejects.toMatchObject({ code: 'verification-failed' });
    expect(sandbox.pages()[0]?.body).not.toContain('a-long-value');
  });

  test('A page that somebody opened by hand is closed before a new value is written.', async () => {
    const store = openStore(sandbox);
    const { link } = await store.create(NAME, new Secret('a-long-value'), META);
    openValues = () => [];
    sandbox.people.unrestrict(sandbox.pages()[0]?.id ?? '');

    await store.rotate(NAME, link.version, new Secret('the-next-value'));

    expect(sandbox.pages()[0]?.read.groups).toEqual(['credential-readers']);
  });

  const breaks = [
    ['making the page', { method: 'POST', path: '/api/v2/pages' }],
    ['labelling it', { method: 'POST', path: '/properties' }],
    ['restricting it', { method: 'PUT', path: '/restriction' }],
    ['proving the restriction', { method: 'GET', path: '/restriction' }],
  ] as const;
  const cases = breaks.flatMap(([step, where]) => [
    { step, where, what: 'a dropped answer', how: fault.dropAfterEffect() },
    { step, where, what: 'a server error', how: fault.status(500) },
  ]);

  test.each(cases)('After $what while $step, a retry ends in one page.', async ({ where, how }) => {
    const store = openStore(sandbox);
    sandbox.server.faults.inject({ ...where, fault: how });

    await store.create(NAME, new Secret('a-first-value'), META).catch(() => undefined);
    await store.create(NAME, new Secret('a-second-value'), META);

    const read = await store.read(NAME);
    expect(sandbox.pages()).toHaveLength(1);
    expect(read.reveal()).toMatch(/^a-(first|second)-value$/);
  });

  test('A page that cannot be purged is reported, because its value is still there.', async () => {
    const store = openStore(sandbox);
    await store.create(NAME, new Secret('a-long-value'), META);
    sandbox.setOperations(['create page', 'delete page']);

    const attempt = store.remove(NAME);

    await expect(attempt).rejects.toMatchObject({ code: 'missing-permission' });
    sandbox.setOperations(['create page', 'delete page', 'administer space']);
    await store.remove(NAME);
    expect(sandbox.pages()).toEqual([]);
  });

  test('A page in the trash that is somebody else’s is left there.', async () => {
    const theirs = sandbox.people.addPage(NAME);
    sandbox.people.trash(theirs.id);

    await openStore(sandbox).remove(NAME);

    expect(sandbox.pages()).toHaveLength(1);
  });

  test('Values that a page would give back changed are refused before anything is made.', async () => {
    const attempts = await Promise.allSettled(
      ['carriage\r\nreturn', 'nul\u0000'].map((value) =>
        openStore(sandbox).create(NAME, new Secret(value), META),
      ),
    );

    for (const attempt of attempts) {
      expect(attempt).toMatchObject({ status: 'rejected', reason: { code: 'invalid-input' } });
    }
    expect(sandbox.pages()).toEqual([]);
  });

  test('The doctor always warns, and names missing rights.', async () => {
    const healthy = await openStore(sandbox).check();
    sandbox.setOperations(['create page']);

    const poor = await openStore(sandbox).check();

    expect(healthy.map(({ level }) => level)).toEqual(['warning', 'ok']);
    expect(poor.at(-1)?.message).toContain('delete page, administer space');
  });
});
