import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { createLog } from '../../src/lib/log.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
import { azureKeyVault } from '../../src/stores/azure-key-vault/index.ts';
import { openSandbox } from '../../src/stores/azure-key-vault/sandbox.ts';
import type { AzureSandbox } from '../../src/stores/azure-key-vault/sandbox.ts';
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
  sandbox: AzureSandbox,
  local: LocalVault,
  overrides: Record<string, unknown> = {},
): SecretStore {
  const slice = { ...sandbox.config, timeout_ms: 1_000, ...overrides };
  return azureKeyVault.open(azureKeyVault.schema.parse(slice), { clock, log, local });
}

async function openHarness(): Promise<StoreHarness> {
  const sandbox = await openSandbox({ clock });
  const table = memoryTable();
  const calls = {
    find: { method: 'GET', path: '/secrets/' },
    read: { method: 'GET', path: '/secrets/' },
    create: { method: 'PUT', path: '/secrets/' },
    rotate: { method: 'PUT', path: '/secrets/' },
  };
  return {
    store: openStore(sandbox, table),
    another: () => openStore(sandbox, table),
    linked: (template) => openStore(sandbox, table, { link: template }),
    labels: (name) => Promise.resolve(sandbox.secrets.get(name).tags),
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

describeStore('Azure Key Vault', openHarness);
describeStoreWithPeople('Azure Key Vault', openHarness);

describe('Azure Key Vault', () => {
  let sandbox: AzureSandbox;
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

  test('No value is ever given a day from which Azure would refuse it.', async () => {
    await store.create(NAME, new Secret('a-long-value'), { ...META, 'rotate-by': '2027-02-21' });

    const sent = sandbox.server.exchanges.map(({ request }) => request.rawBody).join();
    expect(sent).toContain('rotate-by');
    expect(sent).not.toMatch(/"(?:exp|nbf|attributes)"/);
  });

  test('A value that a person put there is taken and labelled, and their tags stay with later versions.', async () => {
    sandbox.put(NAME, 'deposited-by-hand', { team: 'platform' });

    const { link, created } = await store.create(NAME, new Secret('another-value'), META);
    const read = await store.read(NAME);
    await store.rotate(NAME, link.version, new Secret('the-next-value'));

    expect(created).toBe(false);
    expect(read.equals(new Secret('deposited-by-hand'))).toBe(true);
    expect(sandbox.secrets.get(NAME).tags).toEqual({ ...META, team: 'platform' });
  });

  test('A value that was disabled by hand is a conflict, never "absent", and can be removed.', async () => {
    await store.create(NAME, new Secret('a-long-value'), META);
    sandbox.disable(NAME);

    const attempts = await Promise.allSettled([
      store.find(NAME),
      store.read(NAME),
      store.create(NAME, new Secret('another-value'), META),
    ]);
    await store.remove(NAME);

    for (const attempt of attempts) {
      expect(attempt).toMatchObject({ status: 'rejected', reason: { code: 'conflict' } });
    }
    expect(sandbox.secrets.living.size + sandbox.secrets.deleted.size).toBe(0);
  });

  test('While Azure is still deleting, a removal is not done; the next try purges.', async () => {
    await store.create(NAME, new Secret('a-long-value'), META);
    sandbox.secrets.state.slow = 1;

    await expect(store.remove(NAME)).rejects.toMatchObject({ code: 'unavailable' });
    const between = sandbox.secrets.deleted.size;
    await store.remove(NAME);

    expect(between).toBe(1);
    expect(sandbox.secrets.deleted.size).toBe(0);
  });

  test.each([
    ['labelling it', 'PATCH', '/secrets/'],
    ['deleting it', 'DELETE', '/secrets/'],
    ['purging it', 'DELETE', '/deletedsecrets/'],
  ])(
    'A removal whose answer is lost while %s ends in nothing after a retry.',
    async (_title, method, path) => {
      await store.create(NAME, new Secret('a-long-value'), META);
      sandbox.server.faults.inject({ method, path, fault: fault.dropAfterEffect() });

      await expect(store.remove(NAME)).rejects.toMatchObject({ code: 'unreachable' });
      await store.remove(NAME);

      expect(sandbox.secrets.living.size + sandbox.secrets.deleted.size).toBe(0);
    },
  );

  test('Under purge protection a removed value counts as absent, and its name cannot be used again.', async () => {
    sandbox.protectFromPurging();
    await store.create(NAME, new Secret('a-long-value'), META);

    await store.remove(NAME);
    await store.remove(NAME);

    const found = await store.find(NAME);
    expect(found).toBeUndefined();
    await expect(store.read(NAME)).rejects.toMatchObject({ code: 'not-found' });
    const again = store.create(NAME, new Secret('another-value'), META);
    await expect(again).rejects.toMatchObject({ code: 'conflict' });
  });

  test('What a person recovered after our removal is in use again.', async () => {
    sandbox.protectFromPurging();
    const { link } = await store.create(NAME, new Secret('a-long-value'), META);
    await store.remove(NAME);
    sandbox.recover(NAME);
    await store.rotate(NAME, link.version, new Secret('the-next-value'));
    sandbox.softDelete(NAME);

    await expect(store.find(NAME)).rejects.toMatchObject({ code: 'conflict' });
  });

  test.each(['flow_sa', 'flow/sa', 'ä', 'x'.repeat(128)])(
    'The name "%s", which Azure does not take, is refused.',
    async (name) => {
      const attempt = store.create(name, new Secret('a-long-value'), META);

      await expect(attempt).rejects.toMatchObject({ code: 'invalid-input' });
    },
  );

  test('Labels are cut to what Azure keeps, and too many are refused.', async () => {
    await store.create(NAME, new Secret('a-long-value'), { ...META, purpose: 'p'.repeat(300) });
    const many = Object.fromEntries(Array.from({ length: 15 }, (_, n) => [`label-${n}`, 'x']));

    const attempt = store.create('flow-other', new Secret('a-long-value'), many);

    await expect(attempt).rejects.toMatchObject({ code: 'invalid-input' });
    expect(sandbox.secrets.get(NAME).tags['purpose']).toHaveLength(256);
  });

  test.each(['client', 'managed-identity'])(
    'A token by %s serves until most of its life is over.',
    async (method) => {
      const auth =
        method === 'client' ? sandbox.config['auth'] : { method, metadata_url: sandbox.server.url };
      const other = openStore(sandbox, memoryTable(), { auth });

      await Promise.all([other.find(NAME), other.find(NAME)]);
      time = new Date(time.getTime() + 40 * 60_000);
      await other.find(NAME);
      const before = sandbox.issued();
      time = new Date(time.getTime() + 10 * 60_000);
      await other.find(NAME);

      expect(before).toBe(1);
      expect(sandbox.issued()).toBe(2);
    },
  );

  test('A refused token is replaced once, and the call goes through.', async () => {
    await store.find(NAME);
    sandbox.revokeTokens();

    const { created } = await store.create(NAME, new Secret('a-long-value'), META);

    expect(created).toBe(true);
    expect(sandbox.issued()).toBe(2);
  });

  test('A refused client secret is reported without it.', async () => {
    const auth = {
      ...(sandbox.config['auth'] as object),
      client_secret: new Secret('wrong-client-secret'),
    };

    const error = await openStore(sandbox, memoryTable(), { auth })
      .find(NAME)
      .catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'unauthenticated' });
    expect(String(error)).not.toContain('wrong-client-secret');
  });

  test('The default link opens the secret in the portal.', () => {
    const vault_url = 'https://acme-flow.vault.azure.net/';

    const url = openStore(sandbox, memoryTable(), { vault_url, link: undefined }).url(NAME);

    expect(url).toBe(
      `https://portal.azure.com/#asset/Microsoft_Azure_KeyVault/Secret/https://acme-flow.vault.azure.net/secrets/${NAME}`,
    );
  });

  describe('doctor', () => {
    test('names what the role lacks and prints one ready to paste, which suffices.', async () => {
      sandbox.allow(['getSecret']);
      const [finding] = await store.check();
      const said = [...(finding?.advice ?? '').matchAll(/vaults\/secrets\/(\w+)(?:\/action)?"/g)];
      sandbox.allow(said.map(([, action = '']) => action));

      const after = await store.check();
      const { created } = await store.create(NAME, new Secret('a-long-value'), META);
      await store.remove(NAME);

      expect(finding).toMatchObject({ level: 'problem' });
      expect(finding?.message).toBe('Our role lacks readMetadata, update, delete, purge.');
      expect(after.map(({ level }) => level)).toEqual(['ok']);
      expect(created).toBe(true);
      expect(sandbox.secrets.deleted.size).toBe(0);
    });

    test('leaves nothing behind.', async () => {
      await store.check();

      expect(sandbox.secrets.living.size + sandbox.secrets.deleted.size).toBe(0);
    });

    test('says when nobody answers, and when what answers is not a vault.', async () => {
      const open = (vault_url: string) => openStore(sandbox, memoryTable(), { vault_url });

      const nowhere = await open('http://127.0.0.1:9').check();

      expect(nowhere).toMatchObject([{ level: 'problem' }]);
      expect(nowhere[0]?.advice).toContain('vault_url');
    });

    test('takes a closed firewall for what it is.', async () => {
      sandbox.closeFirewall();

      const findings = await store.check();

      expect(findings).toMatchObject([{ level: 'problem' }]);
      expect(findings[0]?.message).toContain('firewall');
    });
  });
});
