import type { SecretLink } from '../domain/account.ts';
import { ProductError, hasCode, isAmbiguous } from '../domain/errors.ts';
import type { Finding } from '../domain/finding.ts';
import type { Secret } from '../domain/secret.ts';
import type { SecretMeta, SecretStore } from './store.ts';

/** The present version of a name; what a store knows of it without its value. */
export interface Present {
  readonly version: string;
  /** Null when it has none of ours: somebody put the value there by hand. */
  readonly labels: SecretMeta | null;
}

/** The few things that differ from one versioned store to the next. All throw `ProductError`s. */
export interface Shelf<P extends Present = Present> {
  /** Undefined when there certainly is no value. @throws `conflict` for one deleted by hand */
  present(name: string): Promise<P | undefined>;
  value(name: string, present: P): Promise<Secret>;
  /** Writes the version after `after`, or the first one. @throws `conflict` when it was not first */
  add(name: string, secret: Secret, labels: SecretMeta, after: P | undefined): Promise<string>;
  /** Sets these labels beside those it has; returns its version from then on. */
  label(name: string, present: P, labels: SecretMeta): Promise<string>;
  remove(name: string): Promise<void>;
}

export interface ShelfOptions<P extends Present> {
  /** The store's id, for its links. */
  readonly id: string;
  /** As people know it: "AWS Secrets Manager". */
  readonly system: string;
  readonly shelf: Shelf<P>;
  url(name: string): string;
  /** Labels as this store can hold them. */
  labels(meta: SecretMeta): SecretMeta;
  check(): Promise<Finding[]>;
  /** One writer of a name at a time, for stores that cannot refuse a second create themselves. */
  turn?<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** A secret store on a shelf: looks first, writes second, and looks again after a lost answer. */
export function shelfStore<P extends Present>(options: ShelfOptions<P>): SecretStore {
  const { id, system, shelf, url, check } = options;
  const turn =
    options.turn?.bind(options) ?? (<T>(_name: string, work: () => Promise<T>) => work());
  const link = (name: string, version: string): SecretLink => ({
    store: id,
    name,
    version,
    url: url(name),
  });
  return {
    check,
    url,
    async find(name) {
      const present = await shelf.present(name);
      return present === undefined ? undefined : link(name, present.version);
    },
    async create(name, secret, meta) {
      const labels = options.labels(meta);
      const { version, created } = await turn(name, () =>
        createValue(system, shelf, name, secret, labels),
      );
      return { link: link(name, version), created };
    },
    async read(name) {
      const present = await shelf.present(name);
      if (present === undefined) throw absent(system, name);
      return await shelf.value(name, present);
    },
    async rotate(name, expected, secret) {
      const rotate = () => rotateValue(system, shelf, name, expected, secret);
      return link(name, await turn(name, rotate));
    },
    async setMeta(name, meta) {
      const labels = options.labels(meta);
      return link(name, await turn(name, () => labelValue(system, shelf, name, labels)));
    },
    remove: (name) => turn(name, () => shelf.remove(name)),
  };
}

async function createValue<P extends Present>(
  system: string,
  shelf: Shelf<P>,
  name: string,
  secret: Secret,
  labels: SecretMeta,
): Promise<{ version: string; created: boolean }> {
  let present = await shelf.present(name);
  if (present === undefined) {
    try {
      return { version: await shelf.add(name, secret, labels, undefined), created: true };
    } catch (error) {
      if (!hasCode(error, 'conflict') && !isAmbiguous(error)) throw error;
      // Another value was first, or ours arrived and its answer did not: look which.
      present = await shelf.present(name);
      if (present === undefined) throw error;
    }
  }
  if (present.labels !== null && present.labels['marker'] !== labels['marker']) {
    throw notOurs(system, name);
  }
  const created = (await shelf.value(name, present)).equals(secret);
  const version =
    present.labels === null ? await shelf.label(name, present, labels) : present.version;
  return { version, created };
}

async function rotateValue<P extends Present>(
  system: string,
  shelf: Shelf<P>,
  name: string,
  expected: string,
  secret: Secret,
): Promise<string> {
  const before = await shelf.present(name);
  if (before === undefined) throw absent(system, name);
  if (before.version !== expected) throw otherVersion(system, name, expected);
  try {
    return await shelf.add(name, secret, before.labels ?? {}, before);
  } catch (error) {
    if (hasCode(error, 'conflict')) throw otherVersion(system, name, expected);
    if (!isAmbiguous(error)) throw error;
    const now = await shelf.present(name);
    if (now === undefined || now.version === expected) throw error;
    if ((await shelf.value(name, now)).equals(secret)) return now.version;
    throw otherVersion(system, name, expected);
  }
}

async function labelValue<P extends Present>(
  system: string,
  shelf: Shelf<P>,
  name: string,
  labels: SecretMeta,
): Promise<string> {
  const present = await shelf.present(name);
  if (present === undefined) throw absent(system, name);
  if (present.labels !== null && present.labels['marker'] !== labels['marker']) {
    throw notOurs(system, name);
  }
  return shelf.label(name, present, labels);
}

function absent(system: string, name: string): ProductError {
  const message = `${system} has no secret called ${name}.`;
  return new ProductError('not-found', { subject: name, message });
}

/** Somebody else's secret stands under our name. */
export function notOurs(system: string, name: string): ProductError {
  return new ProductError('name-taken', {
    subject: name,
    message: `${system} already has a secret called ${name} that this app did not make. Rename or remove it, then retry.`,
  });
}

function otherVersion(system: string, name: string, expected: string): ProductError {
  const version = expected === '' ? 'the expected version' : `version ${expected}`;
  return new ProductError('conflict', {
    subject: name,
    message: `${name} is no longer at ${version} in ${system}: somebody else changed it. Look at the present version before rotating again.`,
  });
}
