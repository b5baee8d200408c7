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
