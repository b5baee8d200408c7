import type { Verification } from '../domain/account.ts';
import type { Finding } from '../domain/finding.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Access, FlowService, ScopeItem } from '../domain/request.ts';
import type { Secret } from '../domain/secret.ts';
import type { HumanTask } from '../domain/task.ts';
import type { AdapterDefinition, AdapterDeps } from '../lib/adapter.ts';

/** A service account as the vendor is to have it. The same spec always means the same account. */
export interface AccountSpec {
  /** `flow-sa-7k3f9q`; goes wherever the vendor keeps a description or a name. */
  readonly marker: string;
  readonly address: string;
  /** Proposed login; the vendor may normalise it, so later calls use `VendorUser.login`. */
  readonly login: string;
  readonly displayName: string;
  readonly purpose: string;
  readonly kind: 'integration' | 'automation';
  readonly access: Access;
  readonly scope: readonly ScopeItem[];
  readonly services: readonly FlowService[];
  /** Link to where the account's password is (or will be) kept; shown in tasks that need it. */
  readonly passwordUrl: string | null;
  /**
   * Reads the account's password from the store, for vendors where the adapter signs in as the
   * account. Only definitions that say `setsPassword` may call it.
   */
  readonly password?: () => Promise<Secret>;
}

export interface VendorUser {
  /** The vendor's immutable id. */
  readonly id: string;
  readonly login: string;
  /** Where a person sees the user; null when the vendor has no such page. */
  readonly url: string | null;
}

/** An account that was searched for by a word. */
export interface FoundAccount extends VendorUser {
  /** Display name. */
  readonly name: string;
}

/** What the account will be allowed, in the vendor's own words; shown on the approval card. */
export interface AccessProfile {
  /** "Reporter in the chosen groups". */
  readonly role: string;
  /** Exactly the scopes the token gets; verification demands equality. */
  readonly tokenScopes: readonly string[];
  /** What Flow can and cannot do with it, one sentence each. */
  readonly means: readonly string[];
  /** The provider's tile in Flow, where this configuration needs another than the usual one. */
  readonly flowTile?: string;
  /** What Flow's form asks for after the tile, field by field; values are never secrets. */
  readonly flowFields: readonly { readonly label: string; readonly value: string }[];
  /** The vendor's traps that the person must know. */
  readonly notes: readonly string[];
}

/** A credential as it leaves the vendor, for the moment until it is in the store. */
export interface IssuedCredential {
  /** The vendor's id of the token; null where it has none. */
  readonly id: string | null;
  readonly secret: Secret;
  readonly expiresAt: string | null;
}

/** The vendor lets us make the token. */
export interface MintedCredential {
  readonly how: 'minted';
  /** Makes one new token named `name`, living at most `days`. Never idempotent: see `revoke`. */
  mint(spec: AccountSpec, user: VendorUser, name: string, days: number): Promise<IssuedCredential>;
  /** Revokes every living token of that exact name; how an orphan of a crash is removed. */
  revokeNamed(user: VendorUser, name: string, spec: AccountSpec): Promise<void>;
}

/** A person makes the token; the task says how, `verify` proves it is the right one. */
export interface DepositedCredential {
  readonly how: 'deposited';
  task(spec: AccountSpec, user: VendorUser, name: string, days: number): HumanTask;
}

export interface Vendor {
  /** Doctor: reachable, authenticated, our own rights exactly sufficient. */
  check(): Promise<Finding[]>;
  /** Choices for the scope field; at most 100, best match first. */
  searchScopes(text: string): Promise<ScopeItem[]>;
  /** The login is known only once there is a request. */
  profile(
    spec: Pick<AccountSpec, 'kind' | 'access' | 'scope' | 'services' | 'address'> &
      Partial<Pick<AccountSpec, 'login'>>,
  ): AccessProfile;
  /**
   * Finds or makes the user. `answers` are a person's answers to this step's own earlier task.
   * @throws ProductError `name-taken`, `limit-reached`, `missing-permission` (names what is missing)
   */
  ensureUser(
    spec: AccountSpec,
    answers: Readonly<Record<string, string>>,
  ): Promise<Outcome<VendorUser>>;
  /** Gives exactly the profile's role in exactly the chosen scope; lowers what is too much. */
  ensureAccess(spec: AccountSpec, user: VendorUser): Promise<Outcome<void>>;
  readonly credential: MintedCredential | DepositedCredential;
  /**
   * Uses the credential: whose it is, its exact scopes, what it sees, and what it must not be.
   * @throws ProductError `verification-failed` naming what is wrong and how to mend it
   */
  verify(spec: AccountSpec, user: VendorUser, credential: Secret): Promise<Verification>;
  /** Kills a credential we hold. Quiet when it is already dead. */
  revoke(user: VendorUser, credential: Secret): Promise<void>;
  /** Takes the access away; the user stays. Done when there is none; a human task where only people can. */
  removeAccess(spec: AccountSpec, user: VendorUser): Promise<Outcome<void>>;
  /** Deletes or disables the user, as the vendor allows; a human task where it does not. */
  removeUser(spec: AccountSpec, user: VendorUser): Promise<Outcome<void>>;
  /**
   * A living account by its login, whoever made it: how one is found that is to be adopted. Absent
   * where the vendor does not tell; a person then says who it is.
   */
  readonly findByLogin?: (login: string) => Promise<VendorUser | undefined>;
  /**
   * Living accounts whose login or name has this word in it, whoever made them. Absent where the
   * vendor has no such search that our own credential may use.
   */
  readonly searchAccounts?: (word: string) => Promise<FoundAccount[]>;
  /** The user as it is now, by our own records of it; undefined when it is gone. */
  findUser(spec: AccountSpec): Promise<VendorUser | undefined>;
}

export type Ability = 'automatic' | 'human' | 'absent';

/** Who does what at a vendor. */
export type Abilities = Readonly<
  Record<'user' | 'access' | 'credential' | 'revoke' | 'remove', Ability>
>;

/** A configuration under which other hands do some of it. */
export interface Variant<Config> {
  /** As it continues "GitLab, …" in the documentation table: "with `token: by-hand`". */
  readonly when: string;
  applies(config: Config): boolean;
  readonly abilities: Partial<Abilities>;
  /** Nobody ever signs in as the account, so it gets no password. */
  readonly passwordless?: boolean;
}

export interface VendorDeps extends AdapterDeps {
  /** The connection's display name, for errors and tasks. */
  readonly connectionName: string;
}

export interface VendorDefinition<Config = unknown> extends AdapterDefinition<
  Config,
  Vendor,
  VendorDeps
> {
  /** As it appears in the plan, on the card and in the documentation table; for most configurations. */
  readonly abilities: Abilities;
  /** Where the configuration changes them; all that apply count, the later ones last. */
  readonly variants?: readonly Variant<Config>[];
  /** The `owner` and `contributor` choices of the modal in the vendor's words. */
  readonly accessWords: Readonly<Record<Access, { readonly label: string; readonly hint: string }>>;
  /** The word for what is chosen as scope: "group or project". */
  readonly scopeWord: string;
  /** The name of the provider's tile in Flow's "Add integration". */
  readonly flowTile: string;
  /** The adapter sets the account's password and signs in with it, e.g. to make its token. */
  readonly setsPassword?: boolean;
  /** How Flow's Integrations API calls it; an open string, matched without case. */
  readonly flowVendorType: string;
  readonly services: readonly FlowService[];
  /** Can it be used for the `automation` kind? (Ticket systems can not.) */
  readonly git: boolean;
}

/** Keeps the config type inside one definition while registries hold definitions of any config. */
export function defineVendor<Config>(
  definition: VendorDefinition<Config>,
): VendorDefinition<Config> {
  return definition;
}

/** Who does what under this configuration, and whether people sign in as the account there. */
export function handsOf<Config>(
  { abilities, variants }: Pick<VendorDefinition<Config>, 'abilities' | 'variants'>,
  config: Config,
): { readonly abilities: Abilities; readonly passwordless: boolean } {
  const applying = (variants ?? []).filter((variant) => variant.applies(config));
  return {
    abilities: applying.reduce((sum, variant) => ({ ...sum, ...variant.abilities }), abilities),
    passwordless: applying.some((variant) => variant.passwordless === true),
  };
}
