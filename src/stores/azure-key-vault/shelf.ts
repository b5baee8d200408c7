import { ProductError, hasCode } from '../../domain/errors.ts';
import type { Present, Shelf } from '../shelf.ts';
import type { SecretMeta } from '../store.ts';
import type { AzureClient } from './client.ts';
import { SYSTEM } from './failures.ts';
import type { AzureConfig } from './schema.ts';

interface AzurePresent extends Present {
  /** All tags, those of other people too: a new version has only what is written with it. */
  readonly tags: SecretMeta;
}

/** What we removed where purging is forbidden: it is in the vault until its time is over. */
const REMOVED = 'removed';
// https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#object-identifiers
const NAME = /^[0-9a-zA-Z-]{1,127}$/;

/** Azure Key Vault, where a write always adds a version and deleting is done in two steps. */
export function azureShelf(client: AzureClient): Shelf<AzurePresent> {
  return {
    async present(name) {
      const found = await findNewest(client, name);
      if (found === undefined) await refuseDeleted(client, name);
      return found;
    },

    value: async (name, { version }) => (await client.version(name, version)).value,

    async add(name, secret, labels, after) {
      return versionOf((await client.set(name, secret, after?.tags ?? labels)).id);
    },

    async label(name, present, labels) {
      await client.tag(name, present.version, { ...present.tags, ...labels });
      return present.version;
    },

    async remove(name) {
      const recoveryLevel =
        (await softDelete(client, name)) ?? (await levelOfDeleted(client, name));
      // Without a level it is gone; where purging is forbidden, more than this cannot be done.
      if (recoveryLevel === undefined || !recoveryLevel.includes('+Purgeable')) return;
      await purge(client, name);
    },
  };
}

/** Where a person opens it; the vault's address stands in it as it is. */
export function linkTo(config: AzureConfig): (name: string) => string {
  const template = config.link.replaceAll('{vault}', config.vault_url.replace(/\/$/, ''));
  return (name) => template.replaceAll('{name}', encodeURIComponent(name));
}

async function findNewest(client: AzureClient, name: string): Promise<AzurePresent | undefined> {
  refuseName(name);
  try {
    const { id, tags: all = {} } = await client.get(name);
    // A person may have recovered what we removed: then it is in use again.
    const tags = Object.fromEntries(Object.entries(all).filter(([key]) => key !== REMOVED));
    return { version: versionOf(id), tags, labels: tags['marker'] === undefined ? null : tags };
  } catch (error) {
    if (hasCode(error, 'not-found')) return undefined;
    throw hasCode(error, 'conflict') ? changedByHand(name, 'disabled', 'Enable it') : error;
  }
}

async function refuseDeleted(client: AzureClient, name: string): Promise<void> {
  try {
    const { tags = {} } = await client.deleted(name);
    if (tags[REMOVED] === undefined) throw changedByHand(name, 'deleted', 'Recover it');
  } catch (error) {
    if (!hasCode(error, 'not-found')) throw error;
  }
}

/** Marks it as removed by us, and deletes it; undefined when there is nothing to delete. */
async function softDelete(client: AzureClient, name: string): Promise<string | undefined> {
  try {
    const found = await findNewest(client, name).catch((error: unknown) => {
      // A disabled one cannot be looked into, but it can be deleted.
      if (!hasCode(error, 'conflict')) throw error;
      return undefined;
    });
    if (found !== undefined) {
      await client.tag(name, found.version, { ...found.tags, [REMOVED]: 'true' });
    }
    return (await client.remove(name)).attributes.recoveryLevel;
  } catch (error) {
    if (hasCode(error, 'not-found')) return undefined;
    throw error;
  }
}

async function levelOfDeleted(client: AzureClient, name: string): Promise<string | undefined> {
  try {
    return (await client.deleted(name)).attributes.recoveryLevel;
  } catch (error) {
    if (hasCode(error, 'not-found')) return undefined;
    throw error;
  }
}

async function purge(client: AzureClient, name: string): Promise<void> {
  try {
    await client.purge(name);
  } catch (error) {
    if (!hasCode(error, 'not-found')) throw error;
    // Deleting takes Azure some seconds; until then there is nothing that could be purged.
    throw new ProductError('unavailable', {
      subject: name,
      message: `${SYSTEM} is still deleting ${name}. It will be purged at the next try.`,
    });
  }
}

/** `https://acme.vault.azure.net/secrets/flow-sa-7k3f9q-token/4387e9f3…` → its last part. */
function versionOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

function refuseName(name: string): void {
  if (NAME.test(name)) return;
  const message = `${name} cannot be the name of a secret in ${SYSTEM}: use letters, digits and dashes, e.g. flow-sa-7k3f9q-token.`;
  throw new ProductError('invalid-input', { subject: name, message });
}

function changedByHand(name: string, how: string, remedy: string): ProductError {
  return new ProductError('conflict', {
    subject: name,
    message: `${name} was ${how} in ${SYSTEM} by hand. ${remedy} to keep the value, or delete and purge it to start afresh; then retry.`,
  });
}
