import { join } from 'node:path';

import type { SecretLink } from '../../domain/account.ts';
import { ProductError, isAmbiguous, toProductError } from '../../domain/errors.ts';
import { ok, problem } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Secret } from '../../domain/secret.ts';
import { path } from '../../lib/http.ts';
import { defineStore } from '../store.ts';
import type { LocalVault, SealedRow, SecretMeta, SecretStore, StoreDeps } from '../store.ts';
import { seal, unseal } from './envelope.ts';
import type { WrappingKey } from './envelope.ts';
import { openKey } from './keeper.ts';
import { localConfig } from './schema.ts';
import type { LocalConfig } from './schema.ts';

export const local = defineStore<LocalConfig>({
  id: 'local',
  name: "The app's own database, encrypted",
  warning: null,
  schema: localConfig,
  example: 'key_file: /var/lib/flow-service-accounts/local-store.key',
  open: openLocal,
});

function openLocal(config: LocalConfig, { local: table }: StoreDeps): SecretStore {
  const file = config.key_file ?? join(table.dataDir, 'local-store.key');
  const url = (name: string): string => config.link?.replaceAll('{name}', path`${name}`) ?? '';
  const linkTo = ({ name, version }: SealedRow): SecretLink => ({
    store: 'local',
    name,
    version: String(version),
    url: url(name),
  });
  let opening: Promise<WrappingKey> | undefined;

  function key(): Promise<WrappingKey> {
    opening ??= openKey(table, file).catch((error: unknown) => {
      // A person can repair what is wrong; the next call looks again.
      opening = undefined;
      throw error;
    });
    return opening;
  }

  return {
    check: () => checkLocal(table, file),
    async find(name) {
      const row = await table.find(name);
      return row === undefined ? undefined : linkTo(row);
    },
    async create(name, secret, meta) {
      const { row, created } = await insert(table, await key(), name, secret, meta);
      return { link: linkTo(row), created };
    },
    async read(name) {
      const row = await table.find(name);
      if (row === undefined) throw absent(name);
      return open(await key(), row);
    },
    async rotate(name, expectedVersion, secret) {
      return linkTo(await replace(table, await key(), name, expectedVersion, secret));
    },
    setMeta: async (name, meta) => linkTo(await label(table, name, meta)),
    remove: (name) => table.remove(name),
    url,
  };
}

async function insert(
  table: LocalVault,
  key: WrappingKey,
  name: string,
  secret: Secret,
  meta: SecretMeta,
): Promise<{ row: SealedRow; created: boolean }> {
  const row = { name, version: 1, keyId: key.id, sealed: seal(key, name, 1, secret), meta };
  try {
    if (await table.insert(row)) return { row, created: true };
  } catch (error) {
    if (!isAmbiguous(error)) throw error;
    if ((await table.find(name)) === undefined) throw error;
  }
  const present = await table.find(name);
  if (present === undefined) throw changed(name);
  return { row: present, created: open(key, present).equals(secret) };
}

async function replace(
  table: LocalVault,
  key: WrappingKey,
  name: string,
  expectedVersion: string,
  secret: Secret,
): Promise<SealedRow> {
  const present = await table.find(name);
  if (present === undefined) throw absent(name);
  if (String(present.version) !== expectedVersion) throw changed(name);
  const version = present.version + 1;
  const row = { ...present, version, keyId: key.id, sealed: seal(key, name, version, secret) };
  try {
    if (await table.replace(row, present.version)) return row;
  } catch (error) {
    if (!isAmbiguous(error)) throw error;
    const now = await table.find(name);
    // Every sealing is unique, so the same text is our own write.
    if (now?.sealed === row.sealed) return row;
    if (now?.version === present.version) throw error;
  }
  throw changed(name);
}

async function label(table: LocalVault, name: string, meta: SecretMeta): Promise<SealedRow> {
  const present = await table.find(name);
  if (present === undefined) throw absent(name);
  const row = { ...present, meta: { ...present.meta, ...meta } };
  if (await table.replace(row, present.version)) return row;
  throw changed(name);
}

function open(key: WrappingKey, row: SealedRow): Secret {
  if (row.keyId === key.id) return unseal(key, row.name, row.version, row.sealed);
  throw new ProductError('invalid-config', {
    subject: row.name,
    message: `${row.name} was sealed with another key file than the present one. Put back the right file.`,
  });
}

async function checkLocal(table: LocalVault, file: string): Promise<Finding[]> {
  const subject = 'Local store';
  try {
    await openKey(table, file);
    const message =
      'The key file is private to the app and belongs to the stored values. Back it up apart from the database.';
    return [ok(subject, message)];
  } catch (thrown) {
    const error = toProductError(thrown, file);
    return [problem(subject, error.message, `The key file is ${file}.`)];
  }
}

function absent(name: string): ProductError {
  const message = `The local store has no secret called ${name}.`;
  return new ProductError('not-found', { subject: name, message });
}

function changed(name: string): ProductError {
  return new ProductError('conflict', {
    subject: name,
    message: `${name} was changed by somebody else at the same time. Look at the present version, then retry.`,
  });
}
