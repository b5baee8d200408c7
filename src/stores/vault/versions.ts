import { ProductError, hasCode, isAmbiguous } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { SecretMeta } from '../store.ts';
import type { VaultClient } from './client.ts';

/** The present version, or undefined when Vault certainly has no such value. */
export async function findVersion(client: VaultClient, name: string): Promise<number | undefined> {
  try {
    const { currentVersion, deleted } = await client.metadata(name);
    if (deleted) throw deletedByHand(name);
    return currentVersion === 0 ? undefined : currentVersion;
  } catch (error) {
    if (hasCode(error, 'not-found')) return undefined;
    throw error;
  }
}

/** Writes version 1 with check-and-set 0, which Vault refuses when there ever was a version. */
export async function createVersion(
  client: VaultClient,
  name: string,
  secret: Secret,
  labels: SecretMeta,
): Promise<{ version: number; created: boolean }> {
  try {
    const version = await client.write(name, 0, secret);
    await client.label(name, labels);
    return { version, created: true };
  } catch (error) {
    if (!hasCode(error, 'conflict') && !isAmbiguous(error)) throw error;
    // Another value was first, or ours arrived and its answer did not: look which.
    if ((await findVersion(client, name)) === undefined) throw error;
  }
  const held = await client.metadata(name);
  // Without labels a value was deposited by hand, or we died before labelling it.
  if (held.labels === null) await client.label(name, labels);
  else if (held.labels['marker'] !== labels['marker']) throw notOurs(name);
  const present = await client.read(name);
  return { version: present.version, created: present.secret.equals(secret) };
}

export async function readValue(client: VaultClient, name: string): Promise<Secret> {
  try {
    return (await client.read(name)).secret;
  } catch (error) {
    throw hasCode(error, 'conflict') ? deletedByHand(name) : error;
  }
}

/** Writes the version after `expectedVersion`, or fails when that is not the present one. */
export async function rotateVersion(
  client: VaultClient,
  name: string,
  expectedVersion: string,
  secret: Secret,
): Promise<number> {
  const expected = Number(expectedVersion);
  // Check-and-set 0 would create, which is not what a rotation is.
  if (!Number.isInteger(expected) || expected < 1) throw otherVersion(name, expectedVersion);
  try {
    return await client.write(name, expected, secret);
  } catch (error) {
    if (hasCode(error, 'conflict')) throw otherVersion(name, expectedVersion);
    if (!isAmbiguous(error)) throw error;
    const present = await client.read(name);
    if (present.version === expected + 1 && present.secret.equals(secret)) return present.version;
    throw present.version === expected ? error : otherVersion(name, expectedVersion);
  }
}

/** Vault takes the labels only as a whole, so those of other people are sent along. */
export async function labelVersion(
  client: VaultClient,
  name: string,
  labels: SecretMeta,
): Promise<number> {
  const version = await findVersion(client, name);
  if (version === undefined) throw absent(name);
  const held = (await client.metadata(name)).labels ?? {};
  if (held['marker'] !== undefined && held['marker'] !== labels['marker']) throw notOurs(name);
  await client.label(name, { ...held, ...labels });
  return version;
}

function absent(name: string): ProductError {
  const message = `Vault has no secret called ${name}.`;
  return new ProductError('not-found', { subject: name, message });
}

function deletedByHand(name: string): ProductError {
  return new ProductError('conflict', {
    subject: name,
    message: `${name} was deleted in Vault by hand. Undelete its latest version to keep the value, or delete the secret with its metadata to start afresh; then retry.`,
  });
}

function notOurs(name: string): ProductError {
  return new ProductError('name-taken', {
    subject: name,
    message: `Vault already has a secret called ${name} that this app did not make. Rename or remove it, then retry.`,
  });
}

function otherVersion(name: string, expected: string): ProductError {
  return new ProductError('conflict', {
    subject: name,
    message: `${name} is no longer at version ${expected} in Vault: somebody else changed it. Look at the present version before rotating again.`,
  });
}
