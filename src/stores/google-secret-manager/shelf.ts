import { ProductError, hasCode, isAmbiguous } from '../../domain/errors.ts';
import { notOurs } from '../shelf.ts';
import type { Shelf } from '../shelf.ts';
import type { SecretMeta } from '../store.ts';
import type { GoogleClient } from './client.ts';
import { SYSTEM } from './failures.ts';

/**
 * Google Secret Manager: a secret is made empty, and its versions are added to it. The newest
 * version counts, because that is what everybody gets who reads `latest`.
 */
export function googleShelf(client: GoogleClient): Shelf {
  return {
    async present(name) {
      const held = await find(client, name);
      const version = held === undefined ? undefined : await latestVersion(client, name);
      return held === undefined || version === undefined
        ? undefined
        : { version, labels: held.labels };
    },

    value: (name, { version }) => client.value(name, version),

    async add(name, secret, labels, after) {
      if (after === undefined) await ensureSecret(client, name, labels);
      return numberOf((await client.addVersion(name, secret)).name);
    },

    async label(name, present, labels) {
      await annotate(client, name, labels);
      return present.version;
    },

    async remove(name) {
      try {
        await client.destroy(name);
      } catch (error) {
        if (!hasCode(error, 'not-found')) throw error;
      }
    },
  };
}

interface Held {
  readonly annotations: SecretMeta;
  readonly labels: SecretMeta | null;
  readonly etag: string | undefined;
}

async function find(client: GoogleClient, name: string): Promise<Held | undefined> {
  try {
    const { annotations = {}, etag } = await client.secret(name);
    // Annotations of others say nothing about whose value it is.
    return { annotations, etag, labels: annotations['marker'] === undefined ? null : annotations };
  } catch (error) {
    if (hasCode(error, 'not-found')) return undefined;
    throw error;
  }
}

async function latestVersion(client: GoogleClient, name: string): Promise<string | undefined> {
  try {
    const { name: full, state } = await client.latest(name);
    if (state !== 'ENABLED') throw deletedByHand(name, numberOf(full));
    return numberOf(full);
  } catch (error) {
    if (hasCode(error, 'not-found')) return undefined;
    throw error;
  }
}

/** Of several at once one makes the secret; the others, and a later run, find it. */
async function ensureSecret(client: GoogleClient, name: string, labels: SecretMeta): Promise<void> {
  const held = await find(client, name);
  if (held === undefined) {
    try {
      await client.create(name, labels);
      return;
    } catch (error) {
      if (!hasCode(error, 'exists') && !isAmbiguous(error)) throw error;
      if ((await find(client, name)) === undefined) throw error;
    }
  }
  await annotate(client, name, labels);
}

/** @throws ProductError `name-taken` when the secret bears another account's marker */
async function annotate(client: GoogleClient, name: string, labels: SecretMeta): Promise<void> {
  const held = await find(client, name);
  if (held === undefined)
    throw new ProductError('not-found', {
      subject: name,
      message: `${SYSTEM} has no secret called ${name}.`,
    });
  if (held.labels !== null && held.labels['marker'] !== labels['marker']) {
    throw notOurs(SYSTEM, name);
  }
  const isTrue = Object.entries(labels).every(([key, value]) => held.annotations[key] === value);
  if (!isTrue) await client.annotate(name, { ...held.annotations, ...labels }, held.etag);
}

/** `projects/123/secrets/flow-sa-7k3f9q-token/versions/2` → `2`. */
function numberOf(full: string): string {
  return full.slice(full.lastIndexOf('/') + 1);
}

function deletedByHand(name: string, version: string): ProductError {
  return new ProductError('conflict', {
    subject: name,
    message: `Version ${version} of ${name}, the newest one, was disabled or destroyed in ${SYSTEM} by hand. Enable it to keep the value, or delete the whole secret to start afresh; then retry.`,
  });
}
