import { chmod, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { ProductError } from '../../src/domain/errors.ts';
import type { ErrorCode } from '../../src/domain/errors.ts';
import { Secret } from '../../src/domain/secret.ts';
import { createLog } from '../../src/lib/log.ts';
import type { Fault } from '../../src/sandbox/kit/faults.ts';
import { local } from '../../src/stores/local/index.ts';
import type { LocalVault, SealedRow, SecretStore } from '../../src/stores/store.ts';
import { describeStore } from '../contracts/store-contract.ts';
import type { StoreHarness } from '../contracts/store-contract.ts';

const NAME = 'flow-sa-7k3f9q-token';
const META = { marker: 'flow-sa-7k3f9q' };
const VALUE = 'T0p-Secret_value';
const clock = { now: () => new Date('2026-11-23T09:00:00Z') };
const lines: string[] = [];
const log = createLog('trace', { write: (line) => lines.push(line) });

type Operation = 'insert' | 'find' | 'replace';

/** A table in memory that answers, and fails, as the one in Postgres does. */
interface Table extends LocalVault {
  readonly rows: Map<string, SealedRow>;
  breakNext(operation: Operation, how: Fault): void;
}

function createTable(dataDir: string): Table {
  const rows = new Map<string, SealedRow>();
  const faults = new Map<Operation, Fault>();

  async function run<T>(operation: Operation, effect: () => T): Promise<T> {
    const fault = faults.get(operation);
    faults.delete(operation);
    if (fault === undefined) return effect();
    if (fault.afterEffect) effect();
    throw asError(fault);
  }

  return {
    dataDir,
    rows,
    breakNext: (operation, how) => void faults.set(operation, how),
    find: (name) => run('find', () => rows.get(name)),
    insert: (row) =>
      run('insert', () => {
        if (rows.has(row.name)) return false;
        rows.set(row.name, row);
        return true;
      }),
    replace: (row, expected) =>
      run('replace', () => {
        if (rows.get(row.name)?.version !== expected) return false;
        rows.set(row.name, row);
        return true;
      }),
    remove: (name) => Promise.resolve(void rows.delete(name)),
  };
}

function asError(fault: Fault): ProductError {
  const options = { subject: 'database', message: 'The database did not answer.' };
  const codes = { drop: 'unreachable', half: 'unreachable', hang: 'timeout' } as const;
  if (fault.kind !== 'status') return new ProductError(codes[fault.kind], options);
  const { status, headers } = fault.answer;
  const code: ErrorCode = status === 429 ? 'rate-limited' : 'unavailable';
  const wait = headers?.['retry-after'];
  return new ProductError(code, {
    ...options,
    ...(wait === undefined ? {} : { retryAfterMs: Number(wait) * 1000 }),
  });
}

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'local-store-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

function openStore(table: LocalVault, config: Record<string, unknown> = {}): SecretStore {
  return local.open(local.schema.parse(config), { clock, log, local: table });
}

describeStore('The local store', async (): Promise<StoreHarness> => {
  const table = createTable(directory);
  const store = openStore(table);
  // The key is made on first use; that is not what the faults are aimed at.
  await store.check();
  const operations = { find: 'find', read: 'find', create: 'insert', rotate: 'replace' } as const;
  return {
    store,
    another: () => openStore(table),
    linked: (template) => openStore(table, { link: template }),
    labels: (name) => Promise.resolve(table.rows.get(name)?.meta ?? {}),
    break(what, how) {
      table.breakNext(operations[what], how);
    },
    logged: () => lines.join(''),
    unexpected: () => [],
    close: () => Promise.resolve(),
  };
});

describe('The local store', () => {
  const keyFile = (): string => join(directory, 'local-store.key');

  test('The table holds neither the value nor anything that compares equal for equal values.', async () => {
    const table = createTable(directory);
    const store = openStore(table);

    await store.create('flow-a', new Secret(VALUE), META);
    await store.create('flow-b', new Secret(VALUE), META);

    const dump = JSON.stringify([...table.rows.values()]);
    const raw = [...table.rows.values()].map(({ sealed }) =>
      Buffer.from(sealed, 'base64').toString('latin1'),
    );
    expect(dump).not.toContain(VALUE);
    expect(raw.join('')).not.toContain(VALUE);
    expect(table.rows.get('flow-a')?.sealed).not.toBe(table.rows.get('flow-b')?.sealed);
  });

  test('The key file is made whole, for the owner only, and nothing else is left behind.', async () => {
    const stores = Array.from({ length: 6 }, () => createTable(directory)).map((table) =>
      openStore(table),
    );

    const findings = await Promise.all(stores.map((store) => store.check()));

    const { mode } = await stat(keyFile());
    expect(findings.flat().map(({ level }) => level)).toEqual(Array(6).fill('ok'));
    expect(mode & 0o777).toBe(0o600);
    expect(await readdir(directory)).toEqual(['local-store.key']);
  });

  test.each([0o640, 0o604, 0o660])(
    'A key file of mode %o is refused with the cure.',
    async (mode) => {
      const table = createTable(directory);
      await openStore(table).create(NAME, new Secret(VALUE), META);
      await chmod(keyFile(), mode);

      const attempt = openStore(table).read(NAME);

      await expect(attempt).rejects.toMatchObject({
        code: 'invalid-config',
        message: expect.stringContaining('chmod 600') as string,
      });
    },
  );

  test('A link in place of the key file is refused.', async () => {
    const elsewhere = join(directory, 'elsewhere');
    await writeFile(elsewhere, Buffer.alloc(32).toString('base64'), { mode: 0o600 });
    await symlink(elsewhere, keyFile());

    const attempt = openStore(createTable(directory)).create(NAME, new Secret(VALUE), META);

    await expect(attempt).rejects.toMatchObject({ code: 'invalid-config' });
  });

  test('A store whose key file was repaired works again without a restart.', async () => {
    const store = openStore(createTable(directory));
    await writeFile(keyFile(), 'not a key', { mode: 0o600 });
    await expect(store.create(NAME, new Secret(VALUE), META)).rejects.toThrow(
      'does not hold a key',
    );
    await rm(keyFile());

    const { created } = await store.create(NAME, new Secret(VALUE), META);

    expect(created).toBe(true);
  });

  test('Another key file is a clear error for old and new values, never garbage.', async () => {
    const table = createTable(directory);
    await openStore(table).create(NAME, new Secret(VALUE), META);
    await writeFile(keyFile(), Buffer.alloc(32, 7).toString('base64'), { mode: 0o600 });
    const store = openStore(table);

    const attempts = await Promise.allSettled([
      store.read(NAME),
      store.create('flow-new', new Secret(VALUE), META),
    ]);

    for (const attempt of attempts) {
      const message = expect.stringContaining('not the one') as string;
      expect(attempt).toMatchObject({
        status: 'rejected',
        reason: { code: 'invalid-config', message },
      });
    }
  });

  test('A lost key file is reported, not replaced by a new one.', async () => {
    const table = createTable(directory);
    await openStore(table).create(NAME, new Secret(VALUE), META);
    await rm(keyFile());

    const findings = await openStore(table).check();

    expect(findings).toMatchObject([{ level: 'problem' }]);
    expect(findings[0]?.message).toContain('is missing');
    expect(await readdir(directory)).toEqual([]);
  });

  test('A row copied over another one, set back, or altered by one bit does not open.', async () => {
    const table = createTable(directory);
    const store = openStore(table);
    const { link } = await store.create(NAME, new Secret(VALUE), META);
    await store.create('flow-other', new Secret('another-value'), META);
    const old = table.rows.get(NAME)!;
    await store.rotate(NAME, link.version, new Secret('the-new-value'));
    const present = table.rows.get(NAME)!;
    const bytes = Buffer.from(present.sealed, 'base64');
    bytes[bytes.length - 1]! ^= 1;
    const forgeries = [
      table.rows.get('flow-other')!.sealed,
      old.sealed,
      bytes.toString('base64'),
      '',
    ];

    for (const sealed of forgeries) {
      table.rows.set(NAME, { ...present, sealed });

      await expect(store.read(NAME)).rejects.toMatchObject({ code: 'invalid-config' });
    }
  });

  test('There is no link unless one is configured.', () => {
    const table = createTable(directory);
    const link = 'https://admin.example.com/reveal/{name}';

    const urls = [openStore(table).url(NAME), openStore(table, { link }).url(NAME)];

    expect(urls).toEqual(['', `https://admin.example.com/reveal/${NAME}`]);
  });

  test('The key never shows in an error.', async () => {
    const table = createTable(directory);
    const store = openStore(table);
    await store.create(NAME, new Secret(VALUE), META);
    const key = (await readFile(keyFile(), 'utf8')).trim();
    table.rows.set(NAME, { ...table.rows.get(NAME)!, sealed: 'AAAA' });

    const error = await store.read(NAME).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(ProductError);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(key);
  });
});
