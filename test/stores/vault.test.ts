import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { createLog } from '../../src/lib/log.ts';
import { vault } from '../../src/stores/vault/index.ts';
import { openSandbox } from '../../src/stores/vault/sandbox.ts';
import type { VaultSandbox } from '../../src/stores/vault/sandbox.ts';
import type { VaultConfig } from '../../src/stores/vault/schema.ts';
import { wrapSecret } from '../../src/stores/vault/wrap.ts';
import type { SecretStore } from '../../src/stores/store.ts';
import { NO_TABLE } from './tables.ts';
import { describeStore, describeStoreWithPeople } from '../contracts/store-contract.ts';
import type { StoreHarness } from '../contracts/store-contract.ts';

const NAME = 'flow-sa-7k3f9q-token';
const LEAST = {
  'flow/data/flow-*': ['create', 'read', 'update'],
  'flow/metadata/flow-*': ['create', 'delete', 'read', 'update'],
};
const META = { marker: 'flow-sa-7k3f9q', owner: 'U0OWNER' };
let time = new Date('2026-11-23T09:00:00Z');
const clock = { now: () => time };
const lines: string[] = [];
const log = createLog('trace', { write: (line) => lines.push(line) });

function openStore(sandbox: VaultSandbox, overrides: Record<string, unknown> = {}): SecretStore {
  const config = vault.schema.parse({ ...sandbox.config, timeout_ms: 1_000, ...overrides });
  return vault.open(config, { clock, log, local: NO_TABLE });
}

function labelsOf(sandbox: VaultSandbox, name: string): Readonly<Record<string, string>> {
  return sandbox.secretsMeta().find((each) => each.name === name)?.labels ?? {};
}

async function openHarness(): Promise<StoreHarness> {
  const sandbox = await openSandbox({ clock });
  const calls = {
    find: { method: 'GET', path: '/metadata/' },
    read: { method: 'GET', path: '/data/' },
    create: { method: 'POST', path: '/data/' },
    rotate: { method: 'POST', path: '/data/' },
  };
  return {
    store: openStore(sandbox),
    another: () => openStore(sandbox),
    linked: (template) => openStore(sandbox, { ui_link: template }),
    labels: (name) => Promise.resolve(labelsOf(sandbox, name)),
    break: (what, how) => sandbox.server.faults.inject({ ...calls[what], fault: how }),
    byHand: {
      softDelete: (name) => sandbox.softDelete(name),
      squat: (name) => sandbox.put(name, 'not ours', { marker: 'somebody-else' }),
    },
    logged: () => lines.join(''),
    unexpected: () => sandbox.server.unexpected,
    close: () => sandbox.close(),
  };
}

describeStore('Vault', openHarness);
describeStoreWithPeople('Vault', openHarness);

describe('Vault', () => {
  let sandbox: VaultSandbox;

  beforeEach(async () => {
    time = new Date('2026-11-23T09:00:00Z');
    sandbox = await openSandbox({ clock });
  });

  afterEach(async () => {
    await sandbox.close();
    if (sandbox.server.unexpected.length > 0) throw new Error(sandbox.server.unexpected.join());
  });

  const logins = (): number =>
    sandbox.server.exchanges.filter(({ route }) => route?.endsWith('/login')).length;

  test('Labels are kept beside the value, printable and within the limits of Vault.', async () => {
    const meta = { ...META, purpose: `line 1\nline 2 ${'é'.repeat(400)}`, empty: '' };

    await openStore(sandbox).create(NAME, new Secret('a-long-value'), meta);

    const [kept] = sandbox.secretsMeta();
    expect(kept?.labels).toMatchObject(META);
    expect(kept?.labels?.['purpose']).toMatch(/^line 1 line 2 é+$/);
    expect(kept?.labels).not.toHaveProperty('empty');
  });

  test('More labels than Vault keeps are refused before anything is written.', async () => {
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`label-${n}`, 'x']));

    const attempt = openStore(sandbox).create(NAME, new Secret('a-long-value'), many);

    await expect(attempt).rejects.toMatchObject({ code: 'invalid-input' });
    expect(sandbox.secretsMeta()).toEqual([]);
  });

  test('A value that a person deposited in the UI is taken as the account’s own and labelled.', async () => {
    sandbox.put(NAME, 'deposited-by-hand');
    const store = openStore(sandbox);

    const { created } = await store.create(NAME, new Secret('another-value'), META);

    const read = await store.read(NAME);
    expect(created).toBe(false);
    expect(read.equals(new Secret('deposited-by-hand'))).toBe(true);
    expect(sandbox.secretsMeta()[0]?.labels).toEqual(META);
  });

  test('A label lost to a crash is written by the retry.', async () => {
    const store = openStore(sandbox);
    sandbox.server.faults.inject({
      method: 'POST',
      path: '/metadata/',
      fault: { kind: 'status', answer: { status: 429, body: { errors: [] } }, afterEffect: false },
    });
    await expect(store.create(NAME, new Secret('the-first-value'), META)).rejects.toMatchObject({
      code: 'rate-limited',
    });

    const { created } = await store.create(NAME, new Secret('the-second-value'), META);

    expect(created).toBe(false);
    expect(sandbox.secretsMeta()).toEqual([
      { name: NAME, version: 1, deleted: false, labels: META },
    ]);
  });

  test('One sign-in serves calls at once and later ones, until most of the lease is over.', async () => {
    const store = openStore(sandbox);

    await Promise.all([store.find(NAME), store.find(NAME), store.find(NAME)]);
    time = new Date(time.getTime() + 15 * 60_000);
    await store.find(NAME);
    const before = logins();
    time = new Date(time.getTime() + 2 * 60_000);
    await store.find(NAME);

    expect(before).toBe(1);
    expect(logins()).toBe(2);
  });

  test('A revoked token is replaced once, and the call goes through.', async () => {
    const store = openStore(sandbox);
    await store.find(NAME);
    sandbox.revokeTokens();

    const { created } = await store.create(NAME, new Secret('a-long-value'), META);

    expect(created).toBe(true);
    expect(logins()).toBe(2);
  });

  test('A policy that forbids is reported as such after one new sign-in.', async () => {
    sandbox.setPolicy({});
    const store = openStore(sandbox);

    const attempt = store.find(NAME);

    await expect(attempt).rejects.toMatchObject({ code: 'missing-permission' });
    expect(logins()).toBe(2);
  });

  test('A refused AppRole is reported without its secret.', async () => {
    const auth = { method: 'approle', role_id: 'r', secret_id: new Secret('wrong-secret-id') };
    const store = openStore(sandbox, { auth });

    const error = await store.find(NAME).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'unauthenticated' });
    expect(String(error)).not.toContain('wrong-secret-id');
  });

  describe('with a JWT from a file', () => {
    let directory: string;
    let auth: Record<string, string>;

    beforeEach(async () => {
      directory = await mkdtemp(join(tmpdir(), 'vault-jwt-'));
      auth = { method: 'jwt', role: 'flow', jwt_file: join(directory, 'token') };
      await writeFile(join(directory, 'token'), `${sandbox.issueJwt()}\n`);
    });

    afterEach(() => rm(directory, { recursive: true }));

    test('the file is read anew at each sign-in.', async () => {
      const store = openStore(sandbox, { auth });
      await store.find(NAME);
      await writeFile(join(directory, 'token'), sandbox.issueJwt());
      sandbox.revokeTokens();

      const { created } = await store.create(NAME, new Secret('a-long-value'), META);

      expect(created).toBe(true);
      expect(logins()).toBe(2);
    });

    test('a JWT that has expired, a wrong role and a missing file are a refused sign-in, without the JWT.', async () => {
      const jwt = sandbox.issueJwt();
      const attempt = async (change: Record<string, string>): Promise<unknown> =>
        openStore(sandbox, { auth: { ...auth, ...change } })
          .find(NAME)
          .catch((thrown: unknown) => thrown);

      const expired = await attempt({});
      await writeFile(join(directory, 'token'), jwt);
      const wrongRole = await attempt({ role: 'other' });
      const missing = await attempt({ jwt_file: join(directory, 'missing') });

      for (const error of [expired, wrongRole, missing]) {
        expect(error).toMatchObject({ code: 'unauthenticated' });
        expect(String(error)).not.toContain(jwt);
      }
    });
  });

  describe('A one-time token', () => {
    const wrap = (): ReturnType<typeof wrapSecret> =>
      wrapSecret(vault.schema.parse(sandbox.config) as VaultConfig, clock, NAME, 300);
    const unwrap = async (token: Secret): Promise<{ status: number; text: string }> => {
      const headers = { 'x-vault-token': token.reveal() };
      const url = `${sandbox.server.url}/v1/sys/wrapping/unwrap`;
      const answer = await fetch(url, { method: 'POST', headers });
      return { status: answer.status, text: await answer.text() };
    };

    test('gives its recipient the value once, and says what it was made for.', async () => {
      await openStore(sandbox).create(NAME, new Secret('a-long-value'), META);
      const wrapped = await wrap();

      const first = await unwrap(wrapped.token);
      const second = await unwrap(wrapped.token);

      expect(wrapped).toMatchObject({ seconds: 300, creationPath: `flow/data/${NAME}` });
      expect(first.text).toContain('a-long-value');
      expect(second.status).toBe(400);
    });

    test('is not made for a value that is absent or was deleted by hand.', async () => {
      await expect(wrap()).rejects.toMatchObject({ code: 'not-found' });
      await openStore(sandbox).create(NAME, new Secret('a-long-value'), META);
      sandbox.softDelete(NAME);

      await expect(wrap()).rejects.toMatchObject({ code: 'conflict' });
    });
  });

  test('A wrong mount is a configuration error, not an absent secret.', async () => {
    const token = sandbox.issueToken(['root'], 0);
    const store = openStore(sandbox, { mount: 'elsewhere', auth: { method: 'token', token } });

    const attempt = store.find(NAME);

    await expect(attempt).rejects.toMatchObject({ code: 'invalid-config' });
  });

  test.each([
    ['the default of Vault 1.15 to 1.21', {}, '/ui/vault/secrets/flow/kv/flow-sa-7k3f9q-token'],
    [
      'a namespace',
      { namespace: 'teams/dev' },
      '/ui/vault/secrets/flow/kv/flow-sa-7k3f9q-token?namespace=teams%2Fdev',
    ],
  ])('Links are made for %s.', (_title, overrides, expected) => {
    const url = openStore(sandbox, overrides).url(NAME);

    expect(url).toBe(`${sandbox.server.url}${expected}`);
  });

  test('Links may have the mount in their template.', () => {
    const store = openStore(sandbox, { ui_link: 'https://ui.example.com/{mount}/show/{name}' });

    expect(store.url(NAME)).toBe(`https://ui.example.com/flow/show/${NAME}`);
  });

  describe('doctor', () => {
    async function summary(overrides: Record<string, unknown> = {}): Promise<string[]> {
      const findings = await openStore(sandbox, overrides).check();
      return findings.map(({ level, subject }) => `${level} ${subject}`);
    }

    async function policyFinding() {
      const findings = await openStore(sandbox).check();
      return findings.find(({ subject }) => subject === 'Vault: policy');
    }

    test.each([
      [{ cas_required: true, delete_version_after: '0s' }, 'ok', 'Nobody can overwrite'],
      [{ cas_required: false, delete_version_after: '0s' }, 'warning', 'overwrite'],
      [{ cas_required: true, delete_version_after: '720h0m0s' }, 'warning', '720h0m0s'],
    ])('looks at the settings of the mount where it may: %o.', async (settings, level, word) => {
      sandbox.setPolicy({ ...LEAST, 'flow/config': ['read'] });
      sandbox.setMountConfig(settings);

      const finding = (await openStore(sandbox).check()).at(-1);

      expect(finding).toMatchObject({ level, subject: 'Vault: settings of flow' });
      expect(finding?.message).toContain(word);
    });

    test('says that it may not look at the settings of the mount, which is no problem.', async () => {
      const finding = (await openStore(sandbox).check()).at(-1);

      expect(finding).toMatchObject({ level: 'ok' });
      expect(finding?.message).toContain('flow/config');
    });

    test('finds the least-privilege policy exactly sufficient.', async () => {
      const findings = await openStore(sandbox).check();

      expect(findings.map(({ level }) => level)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
    });

    test('names what a policy lacks and prints one ready to paste, which suffices.', async () => {
      sandbox.setPolicy({ 'flow/data/flow-*': ['create', 'read'] });
      const finding = await policyFinding();
      const pasted = [
        ...(finding?.advice ?? '').matchAll(/path "([^"]+)" \{ capabilities = (.+) \}/g),
      ];
      sandbox.setPolicy(
        Object.fromEntries(pasted.map(([, path, list]) => [path!, JSON.parse(list!) as string[]])),
      );

      const after = await summary();

      expect(finding).toMatchObject({ level: 'problem' });
      expect(finding?.message).toContain('update on data');
      expect(finding?.message).toContain('delete on metadata');
      expect(after).toContain('ok Vault: policy');
    });

    test('warns of a policy that reaches the secrets of others.', async () => {
      sandbox.setPolicy({
        'flow/*': ['create', 'read', 'update', 'delete', 'list'],
      });

      const finding = await policyFinding();

      expect(finding).toMatchObject({ level: 'warning' });
      expect(finding?.message).toContain('secrets of others');
    });

    test('tells sealed, wrong mount version, root token and a token about to end apart.', async () => {
      const soon = sandbox.issueToken(['flow'], 3600);
      const root = sandbox.issueToken(['root'], 0);

      const ending = await summary({ auth: { method: 'token', token: soon } });
      const rooted = await summary({ auth: { method: 'token', token: root } });
      sandbox.setKvVersion('1');
      const old = await summary();
      sandbox.setSealed(true);
      const sealed = await summary();

      expect(ending).toContain('warning Vault: sign-in');
      expect(rooted).toContain('warning Vault: sign-in');
      expect(old.at(-1)).toBe('problem Vault: mount flow');
      expect(sealed).toEqual(['problem Vault: server']);
    });

    test('says so when nobody answers.', async () => {
      const findings = await summary({ address: 'http://127.0.0.1:9' });

      expect(findings).toEqual(['problem Vault']);
    });
  });

  test('The link opens a page that shows the secret’s version and not its value.', async () => {
    const store = openStore(sandbox);
    const { link } = await store.create(NAME, new Secret('a-long-value'), META);

    const page = await (await fetch(link.url)).text();

    expect(page).toContain('Version 1');
    expect(page).not.toContain('a-long-value');
  });
});
