import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { createLog } from '../../src/lib/log.ts';
import { onepasswordConnect } from '../../src/stores/onepassword-connect/index.ts';
import { openSandbox } from '../../src/stores/onepassword-connect/sandbox.ts';
import type { ConnectSandbox } from '../../src/stores/onepassword-connect/sandbox.ts';
import type { LocalVault, SecretStore } from '../../src/stores/store.ts';
import { describeStore, describeStoreWithPeople } from '../contracts/store-contract.ts';
import type { StoreHarness } from '../contracts/store-contract.ts';
import { memoryTable } from './tables.ts';

const NAME = 'flow-sa-7k3f9q-token';
const META = { marker: 'flow-sa-7k3f9q', owner: 'U0OWNER' };
const TAG = 'flow-service-accounts/flow-sa-7k3f9q';
const OTHER_VAULT = 'zzzzzzzzzzzzzzzzzzzzzzzzzz';

const clock = { now: () => new Date('2026-11-23T09:00:00Z') };
const lines: string[] = [];
const log = createLog('trace', { write: (line) => lines.push(line) });

function openStore(
  sandbox: ConnectSandbox,
  local: LocalVault,
  overrides: Record<string, unknown> = {},
): SecretStore {
  const slice = { ...sandbox.config, timeout_ms: 1_000, ...overrides };
  return onepasswordConnect.open(onepasswordConnect.schema.parse(slice), { clock, log, local });
}

function labelsOf(sandbox: ConnectSandbox, name: string): Record<string, string> {
  const fields = sandbox.items(name)[0]?.body.fields ?? [];
  return Object.fromEntries(
    fields.filter(({ type }) => type === 'STRING').map(({ label, value }) => [label, value]),
  );
}

const hidden = (id: string, value: string) =>
  ({ id, type: 'CONCEALED', label: id, value }) as const;

async function openHarness(): Promise<StoreHarness> {
  const sandbox = await openSandbox({ clock });
  const table = memoryTable();
  const calls = {
    find: { method: 'GET', path: '/items' },
    read: { method: 'GET', path: '/items/' },
    create: { method: 'POST', path: '/items' },
    rotate: { method: 'PUT', path: '/items/' },
  };
  return {
    store: openStore(sandbox, table),
    another: () => openStore(sandbox, table),
    linked: (template) => openStore(sandbox, table, { link: template }),
    labels: (name) => Promise.resolve(labelsOf(sandbox, name)),
    break: (what, how) => sandbox.server.faults.inject({ ...calls[what], fault: how }),
    byHand: {
      softDelete: (name) => sandbox.archive(name),
      squat: (name) =>
        sandbox.put(
          name,
          [hidden('credential', 'not ours')],
          ['flow-service-accounts/somebody-else'],
        ),
    },
    logged: () => lines.join(''),
    unexpected: () => [...sandbox.server.unexpected, ...table.rows.keys()],
    close: () => sandbox.close(),
  };
}

describeStore('1Password Connect', openHarness);
describeStoreWithPeople('1Password Connect', openHarness);

describe('1Password Connect', () => {
  let sandbox: ConnectSandbox;
  let store: SecretStore;

  beforeEach(async () => {
    sandbox = await openSandbox({ clock });
    store = openStore(sandbox, memoryTable());
  });

  afterEach(async () => {
    await sandbox.close();
    if (sandbox.server.unexpected.length > 0) throw new Error(sandbox.server.unexpected.join());
  });

  test.each(['credential', 'password', 'my-own-name'])(
    'A value that a person put into the hidden field "%s" is taken and labelled, and the rest of the item stays.',
    async (id) => {
      const note = { id: 'n1', type: 'STRING', label: 'note', value: 'made by hand' } as const;
      sandbox.put(NAME, [hidden(id, 'deposited-by-hand'), note], ['team']);

      const { link, created } = await store.create(NAME, new Secret('another-value'), META);
      const read = await store.read(NAME);
      await store.rotate(NAME, link.version, new Secret('the-next-value'));

      const [item] = sandbox.items(NAME);
      expect(created).toBe(false);
      expect(read.equals(new Secret('deposited-by-hand'))).toBe(true);
      expect(item?.body.tags).toEqual(['team', TAG]);
      expect(labelsOf(sandbox, NAME)).toEqual({ ...META, note: 'made by hand' });
      expect(item?.body.fields[0]).toEqual(hidden(id, 'the-next-value'));
    },
  );

  test('An item with two hidden fields of unknown names is refused, not guessed.', async () => {
    sandbox.put(NAME, [hidden('one', 'value-one'), hidden('two', 'value-two')]);

    await expect(store.read(NAME)).rejects.toMatchObject({ code: 'invalid-input' });
  });

  test('Two items of one title are a conflict, and removing takes both.', async () => {
    sandbox.put(NAME, [hidden('credential', 'value-one')]);
    sandbox.put(NAME, [hidden('credential', 'value-two')]);

    await expect(store.find(NAME)).rejects.toMatchObject({ code: 'conflict' });
    await store.remove(NAME);

    expect(sandbox.items(NAME)).toEqual([]);
  });

  test('An item whose title differs only in case is another one.', async () => {
    sandbox.put(NAME.toUpperCase(), [hidden('credential', 'value-one')]);

    const found = await store.find(NAME);

    expect(found).toBeUndefined();
  });

  test.each(['a"b', 'a b', ''])(
    'The name "%s", which a filter could not find, is refused.',
    async (name) => {
      await expect(store.find(name)).rejects.toMatchObject({ code: 'invalid-input' });
    },
  );

  test('Without a link template there is no link, and a name is shown instead.', () => {
    expect(store.url(NAME)).toBe('');
  });

  test('A token that is refused is reported without it.', async () => {
    const token = new Secret('wrong-connect-token');

    const error = await openStore(sandbox, memoryTable(), { token })
      .find(NAME)
      .catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'unauthenticated' });
    expect(String(error)).not.toContain('wrong-connect-token');
  });

  describe('doctor', () => {
    const levels = async (): Promise<string[]> => {
      const findings = await store.check();
      return findings.map(({ level, subject }) => `${level} ${subject}`);
    };

    test('finds a token for one vault exactly sufficient.', async () => {
      expect(await levels()).toEqual(['ok 1Password: Connect server', 'ok 1Password: token']);
    });

    test('tells a token that may only read, reaches too much or too little apart, with the command for a right one.', async () => {
      const vault = String(sandbox.config['vault']);
      sandbox.setToken('r');
      const reading = await store.check();
      sandbox.setToken('rw', [vault, OTHER_VAULT]);
      const wide = await store.check();
      sandbox.setToken('rw', [OTHER_VAULT]);
      const elsewhere = await store.check();

      expect(reading.at(-1)).toMatchObject({ level: 'problem' });
      expect(wide.at(-1)).toMatchObject({ level: 'warning' });
      expect(elsewhere.at(-1)).toMatchObject({ level: 'problem' });
      for (const findings of [reading, wide, elsewhere]) {
        expect(findings.at(-1)?.advice).toContain(`--vault ${vault},rw`);
      }
    });

    test('says when the server has lost 1Password, and when nobody answers.', async () => {
      sandbox.setHealth('ERROR');
      const sick = await levels();
      const nowhere = await openStore(sandbox, memoryTable(), {
        connect_url: 'http://127.0.0.1:9',
      }).check();

      expect(sick).toEqual(['problem 1Password: Connect server']);
      expect(nowhere).toMatchObject([{ level: 'problem' }]);
      expect(nowhere[0]?.advice).toContain('connect_url');
    });
  });
});
