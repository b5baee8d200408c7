import { ProductError } from '../../domain/errors.ts';
import { Secret } from '../../domain/secret.ts';
import type { LocalVault } from '../store.ts';
import { seal, unseal } from './envelope.ts';
import type { WrappingKey } from './envelope.ts';
import { makeKeyFile, readKeyFile } from './key-file.ts';

/**
 * The row that says which key this table was sealed with. Without it a lost key file would be
 * replaced by a new one in silence, and the loss noticed only when a value is needed.
 */
const WITNESS = 'local-store-key';

/** Gives the key that belongs to the table; makes one when both are new. */
export async function openKey(table: LocalVault, file: string): Promise<WrappingKey> {
  const witness = await table.find(WITNESS);
  const present = await readKeyFile(file);
  if (present === undefined) {
    if (witness !== undefined) throw lost(file);
    await makeKeyFile(file);
  }
  const key = present ?? (await readKeyFile(file));
  if (key === undefined) throw lost(file);
  if (witness === undefined) await witnessKey(table, key);
  const held = witness ?? (await table.find(WITNESS));
  if (held === undefined || held.keyId !== key.id) throw other(file);
  unseal(key, WITNESS, held.version, held.sealed);
  return key;
}

async function witnessKey(table: LocalVault, key: WrappingKey): Promise<void> {
  const sealed = seal(key, WITNESS, 1, new Secret('proof'));
  await table.insert({ name: WITNESS, version: 1, keyId: key.id, sealed, meta: {} });
}

function lost(file: string): ProductError {
  return new ProductError('invalid-config', {
    subject: file,
    message:
      'The key file of the local store is missing, but the database holds values sealed with it. Restore the file from your backup; without it these values are lost and must be rotated.',
  });
}

function other(file: string): ProductError {
  return new ProductError('invalid-config', {
    subject: file,
    message:
      'The key file is not the one that the stored values were sealed with. Put back the right file, or point key_file to it.',
  });
}
