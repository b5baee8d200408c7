import type { SecretLink } from '../domain/account.ts';
import type { Finding } from '../domain/finding.ts';
import type { Secret } from '../domain/secret.ts';
import type { AdapterDefinition, AdapterDeps } from '../lib/adapter.ts';

/** Plain labels kept beside a secret: marker, owner, kind, rotate-by. Never a secret. */
export type SecretMeta = Readonly<Record<string, string>>;

/**
 * Where credentials live. Values go in and come out as `Secret`; everything else is a reference.
 * All methods throw `ProductError`s; an unknown failure is never turned into "not found".
 */
export interface SecretStore {
  check(): Promise<Finding[]>;
  /**
   * The present link of a name, or undefined when there is certainly no such secret.
   * A value that somebody deleted by hand and could still restore is neither: it is a `conflict`,
   * here and in `create` and `read`.
   */
  find(name: string): Promise<SecretLink | undefined>;
  /**
   * Create-only: stores `secret` unless the name already has a value. `created` is false when
   * another value was there first; that one is left untouched, so read it back.
   */
  create(
    name: string,
    secret: Secret,
    meta: SecretMeta,
  ): Promise<{ link: SecretLink; created: boolean }>;
  /** @throws ProductError `not-found` */
  read(name: string): Promise<Secret>;
  /** Writes the next version. @throws ProductError `conflict` when `expectedVersion` is not the present one. */
  rotate(name: string, expectedVersion: string, secret: Secret): Promise<SecretLink>;
  /**
   * Brings the labels of a value of ours up to date; labels of other names stay. The value stays
   * too, and so does its version, unless the store counts every change: hence the link.
   * @throws ProductError `not-found`; `name-taken` when it bears another account's marker
   */
  setMeta(name: string, meta: SecretMeta): Promise<SecretLink>;
  /** Removes all versions, restorable ones too. Quiet when there are none. */
  remove(name: string): Promise<void>;
  /**
   * Where a person opens it, even before it exists. Empty when there is no such place: then the
   * value is revealed by an operator's command, and whoever renders a link shows the name instead.
   */
  url(name: string): string;
}

export interface StoreDefinition<Config = unknown> extends AdapterDefinition<
  Config,
  SecretStore,
  StoreDeps
> {
  /** Shown to approvers when storing here needs their attention; null when it does not. */
  readonly warning: string | null;
}

export interface StoreDeps extends AdapterDeps {
  /**
   * The `local` store's table in our own database, and where its key file may lie. Stores that
   * cannot refuse a second writer keep their turns in it; see `turns.ts`.
   */
  readonly local: LocalVault;
}

/**
 * Sealed values by name; the `local` store's table. Values are ciphertext only. Throws
 * `ProductError`s; the ambiguous ones mean that a write may have happened.
 */
export interface LocalVault {
  readonly dataDir: string;
  insert(row: SealedRow): Promise<boolean>;
  find(name: string): Promise<SealedRow | undefined>;
  /** True when the row still had `expectedVersion`. */
  replace(row: SealedRow, expectedVersion: number): Promise<boolean>;
  remove(name: string): Promise<void>;
}

export interface SealedRow {
  readonly name: string;
  readonly version: number;
  readonly keyId: string;
  /** Base64 of the sealed value; see `stores/local`. */
  readonly sealed: string;
  readonly meta: SecretMeta;
}

export function defineStore<Config>(definition: StoreDefinition<Config>): StoreDefinition<Config> {
  return definition;
}
