import type { InheritedFacts } from './operation.ts';
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

export const HEALTH_STATES = ['healthy', 'expiring', 'drifted', 'broken', 'unknown'] as const;
export type HealthState = (typeof HEALTH_STATES)[number];

/** What the last check found. */
export interface Health {
  readonly state: HealthState;
  readonly since: string;
  readonly checkedAt: string | null;
  /** What has changed and what to do, a sentence each. */
  readonly says: readonly string[];
}

export interface ReviewAnswer {
  readonly by: PersonId;
  readonly answer: 'keep' | 'change-owner' | 'close';
  readonly at: string;
}

/** What is to be done for the account, and what has been. Times are ISO 8601. */
export interface Care {
  /** When something is due next; null when nothing ever will be. */
  readonly dueAt: string | null;
  readonly health: Health;
  readonly checkAt: string | null;
  readonly reminder: {
    /** The last reminder that went out, in days before the end; null when none has. */
    readonly sentDays: number | null;
    readonly snoozedUntil: string | null;
    readonly reason: string | null;
  };
  readonly review: {
    readonly dueAt: string | null;
    readonly askedAt: string | null;
    readonly asked: PersonId | null;
    readonly escalations: number;
    /** The newest last; the audit keeps all of them. */
    readonly answers: readonly ReviewAnswer[];
  };
  /** Somebody was asked to take the account over and has not answered yet. */
  readonly handOver: {
    readonly from: PersonId;
    readonly to: PersonId;
    readonly askedAt: string;
    readonly why: string;
  } | null;
  /** The owners that the page names; null while nobody has looked. */
  readonly pageShows: string | null;
  /** When a closed account's stored secrets are destroyed. */
  readonly destroyAt: string | null;
}

/** A new account: everything is looked at for the first time when it is due. */
export function newCare(now: string): Care {
  return {
    dueAt: now,
    health: { state: 'healthy', since: now, checkedAt: now, says: [] },
    checkAt: null,
    reminder: { sentDays: null, snoozedUntil: null, reason: null },
    review: { dueAt: null, askedAt: null, asked: null, escalations: 0, answers: [] },
    handOver: null,
    pageShows: null,
    destroyAt: null,
  };
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
  /** Number of the present credential; it rises with each rotation. */
  readonly generation: number;
  /** What later requests know better than the one that made it. */
  readonly facts: InheritedFacts;
  readonly care: Care;
  readonly rotationDays: number;
  /** Rotation is due: the rotation period's end or 7 days before expiry, whichever is first. */
  readonly rotateAt: string;
  readonly createdAt: string;
}
