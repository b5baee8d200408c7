/** The KV version 2 engine's state and rules, as in its path_data.go and path_metadata.go. */
export interface KvEntry {
  current: number;
  labels: Record<string, string> | null;
  readonly createdAt: string;
  readonly versions: Map<number, KvVersion>;
}

export interface KvVersion {
  readonly data: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
  deletedAt: string;
  destroyed: boolean;
}

export type Kv = ReturnType<typeof createKv>;

const MOST_VERSIONS = 10;

export function createKv(now: () => string) {
  const entries = new Map<string, KvEntry>();

  function entry(name: string): KvEntry {
    const known = entries.get(name);
    if (known !== undefined) return known;
    const fresh: KvEntry = { current: 0, labels: null, createdAt: now(), versions: new Map() };
    entries.set(name, fresh);
    return fresh;
  }

  return {
    entries,
    get: (name: string) => entries.get(name),
    current: (name: string) => {
      const found = entries.get(name);
      return found?.versions.get(found.current);
    },
    /** Undefined when the check-and-set parameter does not match. */
    write(
      name: string,
      cas: number | undefined,
      data: Readonly<Record<string, unknown>>,
    ): number | undefined {
      if (cas !== undefined && cas !== (entries.get(name)?.current ?? 0)) return undefined;
      const target = entry(name);
      target.current += 1;
      target.versions.set(target.current, {
        data,
        createdAt: now(),
        deletedAt: '',
        destroyed: false,
      });
      target.versions.delete(target.current - MOST_VERSIONS);
      return target.current;
    },
    label(name: string, labels: Record<string, string>): void {
      entry(name).labels = labels;
    },
    softDelete(name: string): void {
      const found = entries.get(name);
      const version = found?.versions.get(found.current);
      if (version !== undefined && version.deletedAt === '') version.deletedAt = now();
    },
    undelete(name: string): void {
      const found = entries.get(name);
      const version = found?.versions.get(found.current);
      if (version !== undefined && !version.destroyed) version.deletedAt = '';
    },
    removeAll: (name: string) => void entries.delete(name),
  };
}

/** Why Vault refuses these labels, in its words; undefined when it takes them. */
export function refuseLabels(labels: unknown): string | undefined {
  if (typeof labels !== 'object' || labels === null) return 'custom_metadata must be a map';
  const pairs = Object.entries(labels);
  if (pairs.length > 64) {
    return `custom_metadata validation failed: payload must contain at most 64 keys, provided ${pairs.length}`;
  }
  for (const [key, value] of pairs) {
    const refusal = refusePair(key, value);
    if (refusal !== undefined) return `custom_metadata validation failed: ${refusal}`;
  }
  return undefined;
}

function refusePair(key: string, value: unknown): string | undefined {
  if (typeof value !== 'string') return 'values must be strings';
  const sizes: readonly [string, string, number][] = [
    ['key', key, 128],
    ['value', value, 512],
  ];
  for (const [what, text, most] of sizes) {
    const size = Buffer.byteLength(text);
    if (size === 0 || size > most) {
      return `length of ${what} is ${size} but must be 0 < len(${what}) <= ${most}`;
    }
    if (/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(text))
      return `${what} contains unprintable characters`;
  }
  return undefined;
}
