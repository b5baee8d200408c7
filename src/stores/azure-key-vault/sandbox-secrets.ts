import { randomUUID } from 'node:crypto';

/** Key Vault's state and rules, as its REST reference and error codes give them. */
interface Version {
  readonly id: string;
  readonly value: string;
  tags: Readonly<Record<string, string>>;
  enabled: boolean;
}

export class Refusal extends Error {
  readonly status: number;
  readonly kind: string;
  readonly inner: string | undefined;

  constructor(status: number, kind: string, text: string, inner?: string) {
    super(text);
    this.status = status;
    this.kind = kind;
    this.inner = inner;
  }
}

export type AzureSecrets = ReturnType<typeof createSecrets>;

export function createSecrets() {
  const living = new Map<string, Version[]>();
  const deleted = new Map<string, Version[]>();
  const state = { recoveryLevel: 'Recoverable+Purgeable', slow: 0 };

  /** Names count without regard to case. */
  const key = (name: string): string => name.toLowerCase();

  function get(name: string, version?: string): Version {
    const versions = living.get(key(name)) ?? [];
    const found =
      version === undefined ? versions.at(-1) : versions.find(({ id }) => id === version);
    if (found !== undefined) return found;
    const text = `A secret with (name/id) ${name} was not found in this key vault.`;
    throw new Refusal(404, 'SecretNotFound', text);
  }

  function getDeleted(name: string): Version[] {
    const found = deleted.get(key(name));
    // For a while after the deletion it is in neither place.
    if (found !== undefined && state.slow === 0) return found;
    state.slow = Math.max(0, state.slow - 1);
    throw new Refusal(404, 'SecretNotFound', `Deleted Secret not found: ${name}`);
  }

  return {
    living,
    deleted,
    state,
    key,
    get,
    getDeleted,
    set: (name: string, value: string, tags: Readonly<Record<string, string>>): Version => {
      refuseWrite(name, value, tags, deleted.has(key(name)));
      const fresh = { id: randomUUID().replaceAll('-', ''), value, tags, enabled: true };
      living.set(key(name), [...(living.get(key(name)) ?? []), fresh]);
      return fresh;
    },
    tag(name: string, version: string, tags: Readonly<Record<string, string>>): Version {
      refuseTags(tags);
      const found = get(name, version);
      found.tags = tags;
      return found;
    },
    remove(name: string): Version {
      const found = get(name);
      deleted.set(key(name), living.get(key(name)) ?? []);
      living.delete(key(name));
      return found;
    },
    recover(name: string): void {
      living.set(key(name), getDeleted(name));
      deleted.delete(key(name));
    },
    purge(name: string): void {
      getDeleted(name);
      refusePurge(state.recoveryLevel);
      deleted.delete(key(name));
    },
  };
}

function refuseWrite(
  name: string,
  value: string,
  tags: Readonly<Record<string, string>>,
  isDeleted: boolean,
): void {
  if (!/^[0-9a-zA-Z-]{1,127}$/.test(name)) {
    throw new Refusal(400, 'BadParameter', `The request URI contains an invalid name: ${name}`);
  }
  if (isDeleted) {
    const text = `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused.`;
    throw new Refusal(409, 'Conflict', text, 'ObjectIsDeletedButRecoverable');
  }
  refuseTags(tags);
  if (value.length > 25_600) throw new Refusal(400, 'BadParameter', 'The value is too long.');
}

function refusePurge(recoveryLevel: string): void {
  if (recoveryLevel.includes('Purgeable')) return;
  const text =
    'Operation "purge" is not allowed because purge protection is enabled for this vault.';
  throw new Refusal(403, 'Forbidden', text, 'ForbiddenByPurgeProtection');
}

function refuseTags(tags: Readonly<Record<string, string>>): void {
  const entries = Object.entries(tags);
  const isFit = entries.every(([name, value]) => name.length <= 256 && value.length <= 256);
  if (entries.length <= 15 && isFit) return;
  throw new Refusal(400, 'BadParameter', 'A secret may have at most 15 tags of 256 characters.');
}
