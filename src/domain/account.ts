import type { Access, Kind, PersonId } from './request.ts';

/** Where a credential is: enough to find it again and to link to it, never the value. */
export interface SecretLink {
  readonly store: string;
  readonly name: string;
  readonly version: string;
  readonly url: string;
}

export interface PageLink {
  readonly id: string;
  readonly url: string;
}

/** What a verified credential could see. */
export interface Sees {
  readonly count: number;
  /** "projects", "repositories", "integrations". */
  readonly noun: string;
  /** A few names, for a person's plausibility check. */
  readonly sample: readonly string[];
}

/** The proof that a credential works and is no more than it should be. */
export interface Verification {
  /** The identity the credential speaks for, e.g. a login. */
  readonly identity: string;
  /** Role in the vendor's words. */
  readonly role: string;
  readonly scopes: readonly string[];
  readonly sees: Sees;
  /** When the credential dies; null when it does not expire. ISO 8601. */
  readonly expiresAt: string | null;
  /** Negative checks that held: "is not an administrator". */
  readonly isNot: readonly string[];
  readonly at: string;
}

/** A service account under care. Its id is that of the request it came from. */
export interface Account {
  readonly id: string;
  readonly version: number;
  readonly state: 'active' | 'closed';
  readonly kind: Kind;
  readonly connection: string | null;
  readonly address: string;
  readonly login: string;
  /** The vendor's (or Flow's) own immutable id. */
  readonly vendorUserId: string;
  readonly purpose: string;
  readonly owner: PersonId;
  readonly secondOwner: PersonId | null;
  readonly access: Access | null;
  readonly secret: SecretLink;
  readonly page: PageLink;
  readonly verification: Verification;
  readonly rotationDays: number;
  /** Rotation is due: the rotation period's end or 7 days before expiry, whichever is first. */
  readonly rotateAt: string;
  readonly createdAt: string;
}
