import { createHash } from 'node:crypto';

import { ProductError, hasCode } from '../../domain/errors.ts';
import type { SecretMeta } from '../store.ts';
import { notOurs } from '../shelf.ts';
import type { Present, Shelf } from '../shelf.ts';
import type { AwsClient } from './client.ts';
import { SYSTEM } from './failures.ts';

interface AwsPresent extends Present {
  /** Every version that still has a stage, sorted. */
  readonly staged: readonly string[];
}

/**
 * AWS Secrets Manager, where a version's id is chosen by whoever writes it. Ours follows from the
 * version before, so that AWS itself refuses the second of two writers.
 */
export function awsShelf(client: AwsClient): Shelf<AwsPresent> {
  const shelf: Shelf<AwsPresent> = {
    async present(name) {
      const held = await look(client, name);
      return held?.version === undefined ? undefined : { ...held, version: held.version };
    },

    async value(name, { version }) {
      const { SecretString: secret } = await client.value(name, version);
      if (secret !== undefined) return secret;
      const message = `${name} in ${SYSTEM} is not a text. Store the credential as plain text.`;
      throw new ProductError('invalid-input', { subject: name, message });
    },

    async add(name, secret, labels, after) {
      const token = versionId(name, after);
      if (after !== undefined) return (await client.put(name, token, secret)).VersionId;
      try {
        return (await client.create(name, token, secret, labels)).VersionId;
      } catch (error) {
        if (!hasCode(error, 'conflict')) throw error;
        const held = await look(client, name);
        if (held === undefined || held.version !== undefined) throw error;
        // Made in the console without a value: it takes ours as its first.
        await claim(name, held.labels, labels);
        return (await client.put(name, token, secret)).VersionId;
      }
    },

    async label(name, present, labels) {
      await client.tag(name, labels);
      return present.version;
    },

    remove: async (name) => void (await client.destroy(name)),
  };

  async function claim(name: string, held: SecretMeta | null, labels: SecretMeta): Promise<void> {
    if (held === null) await client.tag(name, labels);
    else if (held['marker'] !== labels['marker']) throw notOurs(SYSTEM, name);
  }

  return shelf;
}

async function look(
  client: AwsClient,
  name: string,
): Promise<(Omit<AwsPresent, 'version'> & { version: string | undefined }) | undefined> {
  try {
    const { DeletedDate, Tags = [], VersionIdsToStages = {} } = await client.describe(name);
    if (DeletedDate !== undefined) throw deletedByHand(name);
    const labels = Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
    const current = Object.entries(VersionIdsToStages).find(([, stages]) =>
      stages.includes('AWSCURRENT'),
    );
    // Tags that an organisation puts on everything say nothing about whose value it is.
    return {
      version: current?.[0],
      staged: Object.keys(VersionIdsToStages).sort(),
      labels: labels['marker'] === undefined ? null : labels,
    };
  } catch (error) {
    if (hasCode(error, 'not-found')) return undefined;
    throw error;
  }
}

/**
 * A UUID that is the same for everybody who writes after the same version. An older version that
 * somebody made current again has others beside it, and so another one after it.
 */
function versionId(name: string, after: AwsPresent | undefined): string {
  const basis = [name, after?.version ?? 'first', ...(after?.staged ?? [])];
  const hex = createHash('sha256').update(basis.join('\n')).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function deletedByHand(name: string): ProductError {
  return new ProductError('conflict', {
    subject: name,
    message: `${name} is scheduled for deletion in ${SYSTEM}. Cancel the deletion to keep the value, or delete it without a recovery window to start afresh; then retry.`,
  });
}
