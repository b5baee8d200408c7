import type { SecretLink } from './account.ts';

export interface PageRow {
  readonly label: string;
  readonly value: string;
  /** Makes the value a link. */
  readonly url?: string;
}

export interface PageSection {
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly steps: readonly string[];
}

/**
 * What the knowledge base says about one account. It has no field for a secret on purpose; each
 * knowledge base renders and escapes it in its own format.
 */
export interface AccountPage {
  /** The request's marker; how a page is found again, whatever its title. */
  readonly marker: string;
  readonly title: string;
  readonly status: 'being set up' | 'active' | 'closed' | 'undone';
  readonly summary: string;
  readonly rows: readonly PageRow[];
  readonly sections: readonly PageSection[];
  readonly secret: SecretLink | null;
  readonly updatedAt: string;
}

/** One line of the index: an account as colleagues look it up. */
export interface IndexEntry {
  readonly account: string;
  readonly purpose: string;
  /** Name of the owner. */
  readonly owner: string;
  /** Name of the connection; "Flow" for a Flow user. */
  readonly connection: string;
  readonly status: 'active' | 'closed';
  /** Day of the next rotation, `2027-02-21`; null when the account is closed. */
  readonly nextRotation: string | null;
  /** Link to the account's page. */
  readonly url: string;
}

/** All service accounts there have been; like a page, it has no field for a secret. */
export interface AccountIndex {
  readonly entries: readonly IndexEntry[];
}
