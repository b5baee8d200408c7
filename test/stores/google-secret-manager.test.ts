import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { createLog } from '../../src/lib/log.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
import { googleSecretManager } from '../../src/stores/google-secret-manager/index.ts';
import { openSandbox } from '../../src/stores/google-secret-manager/sandbox.ts';
import type { GoogleSandbox, Rule } from '../../src/stores/google-secret-manager/sandbox.ts';
import type { LocalVault, SecretStore } from '../../src/stores/store.ts';
import { describeStore, describeStoreWithPeople } from '../contracts/store-contract.ts';
import type { StoreHarness } from '../contracts/store-contract.ts';
import { memoryTable } from './tables.ts';

const NAME = 'flow-sa-7k3f9q-token';
const META = { marker: 'flow-sa-7k3f9q', owner: 'U0OWNER' };

let time = new Date('2026-11-23T09:00:00Z');
const clock = { now: () => time };
const lines: string[] = [];
const log = createLog('trace', { write: (line) => lines.push(line) });

function openStore(
  sandbox: GoogleSandbox,
  local: LocalVault,
  overrides: Record<string, unknown> = {},
): SecretStore {
  const slice = { ...sandbox.config, timeout_ms: 1_000, ...overrides };
  const config = googleSecretManager.schema.parse(slice);
  return googleSecretManager.open(config, { clock, log, local });
}

async function openHarness(): Promise<StoreHarness> {
  const sandbox = await openSandbox({ clock });
  const table = memoryTable();
  const calls = {
    find: { method: 'GET', path: '/versions/latest' },
    read: { method: 'GET', path: ':access' },
    create: { method: 'POST', path: ':addVersion' },
    rotate: { method: 'POST', path: ':addVersion' },
  };
  return {
    store: openStore(sandbox, table),
    another: () => openStore(sandbox, table),
    linked: (template) => openStore(sandbox, table, { link: template }),
    labels: (name) => Promise.resolve(sandbox.secrets.get(name).annotations),
    break: (what, how) => sandbox.server.faults.inject({ ...calls[what], fault: how }),
    byHand: {
      softDelete: (name) => sandbox.softDelete(name),
      squat: (name) => sandbox.put(name, 'not ours', { marker: 'somebody-else' }),
    },
    logged: () => lines.join(''),
    unexpected: () => [...sandbox.server.unexpected, ...table.rows.keys()],
    close: () => sandbox.close(),
  };
}

describeStore('Google Secret Manager', openHarness);
describeStoreWithPeople('Google Secret Manager', openHarness);

describe('Google Secret Manager', () => {
  let sandbox: GoogleSandbox;
  let store: SecretStore;

  beforeEach(async () => {
    time = new Date('2026-11-23T09:00:00Z');
    sandbox = await openSandbox({ clock });
    store = openStore(sandbox, memoryTable());
  });

  afterEach(async () => {
    await sandbox.close();
    if (sandbox.server.unexpected.length > 0) throw new Error(sandbox.server.unexpected.join());
  });

  test('No value is ever given a day on which Google would delete it.', async () => {
    await store.create(NAME, new Secret('a-long-value'), { ...META, 'rotate-by': '2027-02-21' });

    const sent = sandbox.server.exchanges.map(({ request }) => request.rawBody).join();
    expect(sent).toContain('rotate-by');
    expect(sent).not.toMatch(/expireTime|ttl/i);
  });

  test('Values are kept in the configured locations only.', async () => {
    await openStore(sandbox, memoryTable(), { locations: ['europe-west3'] }).create(
      NAME,
      new Secret('a-long-value'),
      META,
    );

    const made = sandbox.server.exchanges.find(({ request }) => request.query.has('secretId'));
    expect(made?.request.body).toMatchObject({
      replication: { userManaged: { replicas: [{ location: 'europe-west3' }] } },
    });
  });

  test.each([
    ['a lost answer', fault.dropAfterEffect()],
    ['an answer cut in half', fault.half()],
  ])('An empty secret that %s left behind takes our value.', async (_title, how) => {
    sandbox.server.faults.inject({ method: 'POST', path: '/secrets', fault: how });

    const { created } = await store.create(NAME, new Secret('a-long-value'), META);

    expect(created).toBe(true);
    expect(sandbox.secrets.get(NAME)).toMatchObject({ annotations: META, versions: [{}] });
  });

  test('A crash between the empty secret and its value leaves one value after the next run.', async () => {
    sandbox.server.faults.inject({ method: 'POST', path: ':addVersion', fault: fault.drop() });
    await expect(store.create(NAME, new Secret('the-first-value'), META)).rejects.toMatchObject({
      code: 'unreachable',
    });
    const between = await store.find(NAME);

    const { created } = await store.create(NAME, new Secret('the-second-value'), META);

    expect(between).toBeUndefined();
    expect(created).toBe(true);
    expect(sandbox.secrets.get(NAME).versions).toHaveLength(1);
  });

  test('An empty secret of somebody else is refused.', async () => {
    sandbox.secrets.create(NAME, { marker: 'somebody-else' }, {});

    const attempt = store.create(NAME, new Secret('a-long-value'), META);

    await expect(attempt).rejects.toMatchObject({ code: 'name-taken' });
    expect(sandbox.secrets.get(NAME).versions).toEqual([]);
  });

  test('A value that a person put there is taken and labelled, beside their own annotations.', async () => {
    sandbox.put(NAME, 'deposited-by-hand', { team: 'platform' });

    const { created } = await store.create(NAME, new Secret('another-value'), META);

    const read = await store.read(NAME);
    expect(created).toBe(false);
    expect(read.equals(new Secret('deposited-by-hand'))).toBe(true);
    expect(sandbox.secrets.get(NAME).annotations).toEqual({ ...META, team: 'platform' });
  });

  test('Labels with names that Google does not take are refused before anything is written.', async () => {
    const attempt = store.create(NAME, new Secret('a-long-value'), { ...META, 'no spaces': 'x' });

    await expect(attempt).rejects.toMatchObject({ code: 'invalid-input' });
    expect(sandbox.secrets.all.size).toBe(0);
  });

  test('A turn that a crashed process left behind is over after its time.', async () => {
    const table = memoryTable();
    const until = new Date(time.getTime() + 3600).toISOString();
    const row = { version: 1, keyId: 'turn', sealed: 'somebody', meta: { until } };
    await table.insert({ name: `turn ${NAME}`, ...row });
    time = new Date(time.getTime() + 3600);

    const { created } = await openStore(sandbox, table).create(NAME, new Secret('a-value'), META);

    expect(created).toBe(true);
    expect(table.rows.size).toBe(0);
  });

  test('A turn that somebody else keeps is waited for, and then the store is unavailable.', async () => {
    const table = memoryTable();
    const row = {
      version: 1,
      keyId: 'turn',
      sealed: 'somebody',
      meta: { until: '2027-01-01T00:00:00Z' },
    };
    await table.insert({ name: `turn ${NAME}`, ...row });

    const attempt = openStore(sandbox, table).create(NAME, new Secret('a-value'), META);

    await expect(attempt).rejects.toMatchObject({ code: 'unavailable' });
    expect(sandbox.secrets.all.size).toBe(0);
    expect(table.rows.size).toBe(1);
  });

  test.each(['key', 'metadata'])(
    'A token by %s serves until most of its life is over.',
    async (method) => {
      const auth =
        method === 'key' ? sandbox.config['auth'] : { method, metadata_url: sandbox.server.url };
      const other = openStore(sandbox, memoryTable(), { auth });

      await Promise.all([other.find(NAME), other.find(NAME)]);
      time = new Date(time.getTime() + 40 * 60_000);
      await other.find(NAME);
      const before = sandbox.signIn.issued();
      time = new Date(time.getTime() + 10 * 60_000);
      await other.find(NAME);

      expect(before).toBe(1);
      expect(sandbox.signIn.issued()).toBe(2);
    },
  );

  test('A refused token is replaced once, and the call goes through.', async () => {
    await store.find(NAME);
    sandbox.signIn.revokeAll();

    const { created } = await store.create(NAME, new Secret('a-long-value'), META);

    expect(created).toBe(true);
    expect(sandbox.signIn.issued()).toBe(2);
  });

  test.each([
    ['is not a key file', 'not-a-key-file-at-all', 'invalid-config'],
    [
      'has a broken private key',
      JSON.stringify({
        client_email: 'a@b',
        private_key: 'broken-private-key',
        token_uri: 'http://127.0.0.1:9',
      }),
      'invalid-config',
    ],
  ])('A reference that %s is reported without its content.', async (_title, text, code) => {
    const auth = { method: 'key', service_account_key: new Secret(text) };

    const error = await openStore(sandbox, memoryTable(), { auth })
      .find(NAME)
      .catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code });
    expect(JSON.stringify([error, String(error)])).not.toMatch(/not-a-key-file|broken-private/);
  });

  test('A clock that is wrong is a refused sign-in.', async () => {
    const wrong = { now: () => new Date(time.getTime() + 2 * 3600_000) };
    const config = googleSecretManager.schema.parse(sandbox.config);
    const late = googleSecretManager.open(config, { clock: wrong, log, local: memoryTable() });

    await expect(late.find(NAME)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('The default link opens the versions of the secret in its project.', () => {
    const url = openStore(sandbox, memoryTable(), { link: undefined }).url(NAME);

    expect(url).toBe(
      `https://console.cloud.google.com/security/secret-manager/secret/${NAME}/versions?project=acme-platform`,
    );
  });

  describe('doctor', () => {
    /** Grants what the printed commands say. */
    function rulesOf(advice: string): Rule[] {
      const roles = [...advice.matchAll(/roles create (\w+) .*--permissions=(\S+)/g)];
      return roles.flatMap(([, role = '', permissions = '']) => {
        const [, condition = ''] = new RegExp(`roles/${role} --condition=(.*)`).exec(advice) ?? [];
        const [, prefix = ''] = /startsWith\("(.*?)"\)/.exec(condition) ?? [];
        return permissions.split(',').map((permission): Rule => [permission, prefix]);
      });
    }

    test('names what the roles lack and prints commands ready to paste, which suffice.', async () => {
      sandbox.allow([['secretmanager.secrets.get', 'flow-']]);
      const [finding] = await store.check();
      sandbox.allow(rulesOf(finding?.advice ?? ''));

      const after = await store.check();
      const { created } = await store.create(NAME, new Secret('a-long-value'), META);

      expect(finding).toMatchObject({ level: 'problem' });
      expect(finding?.message).toContain('versions.add');
      expect(finding?.message).not.toContain('secrets.get,');
      expect(finding?.advice).toContain('serviceAccount:flow-accounts@acme-platform');
      expect(after.map(({ level }) => level)).toEqual(['ok', 'ok']);
      expect(created).toBe(true);
    });

    test('leaves nothing behind.', async () => {
      await store.check();

      expect(sandbox.secrets.all.size).toBe(0);
    });

    test('warns of roles that reach the secrets of others.', async () => {
      sandbox.allow([['*', '']]);

      const [finding] = await store.check();

      expect(finding).toMatchObject({ level: 'warning' });
      expect(finding?.message).toContain('secrets of others');
    });

    test('warns of stored secrets that a policy of their own opens to others.', async () => {
      sandbox.allow([
        ['*', 'flow-'],
        ['secretmanager.secrets.list', ''],
      ]);
      const guarded = openStore(sandbox, memoryTable(), { readers: ['group:readers@example.com'] });
      const bindings = {
        'flow-sa-aaaaaa-token': {
          role: 'roles/secretmanager.secretAccessor',
          members: ['group:readers@example.com'],
        },
        [NAME]: { role: 'roles/secretmanager.secretAccessor', members: ['allUsers'] },
        'flow-sa-zzzzzz-token': { role: 'roles/owner', members: ['user:somebody@example.com'] },
        'flow-sa-yyyyyy-token': {
          role: 'roles/secretmanager.secretVersionAdder',
          members: ['user:adder@example.com'],
        },
      };
      for (const [name, binding] of Object.entries(bindings)) {
        await guarded.create(name, new Secret('a-long-value'), META);
        sandbox.secrets.get(name).bindings = [binding];
      }

      const finding = (await guarded.check()).at(-1);

      expect(finding).toMatchObject({ level: 'warning' });
      expect(finding?.message).toContain(`${NAME} (allUsers)`);
      expect(finding?.message).toContain('user:somebody@example.com');
      expect(finding?.message).not.toContain('flow-sa-aaaaaa-token');
      expect(finding?.message).not.toContain('flow-sa-yyyyyy-token');
    });

    test('says when the API is not enabled, and when nobody answers.', async () => {
      const nowhere = await openStore(sandbox, memoryTable(), {
        api_url: 'http://127.0.0.1:9',
      }).check();
      sandbox.disableApi();
      const off = await store.check();

      expect(nowhere).toMatchObject([{ level: 'problem' }]);
      expect(off).toMatchObject([{ level: 'problem' }]);
      expect(off[0]?.message).toContain('not enabled');
    });
  });
});
