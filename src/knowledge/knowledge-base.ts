import type { PageLink } from '../domain/account.ts';
import type { Finding } from '../domain/finding.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { AccountIndex, AccountPage } from '../domain/page.ts';
import type { AdapterDefinition } from '../lib/adapter.ts';

/** What the caller knows of a page from before. */
export interface Earlier {
  /** Where it was published last; null when it has not been. */
  readonly link: PageLink | null;
  /** What people answered to the task of publishing it. */
  readonly answers: Readonly<Record<string, string>>;
}

export const NOTHING_EARLIER: Earlier = { link: null, answers: {} };

export interface Published {
  readonly link: PageLink;
  /** It had been published before and people had deleted it, so it was published anew. */
  readonly wasDeleted: boolean;
}

/** Where people look things up. Holds links to credentials, never the credentials. */
export interface KnowledgeBase {
  check(): Promise<Finding[]>;
  /** Finds the page by its marker and updates it in place, or publishes it; once, whatever happens. */
  publish(page: AccountPage, earlier?: Earlier): Promise<Outcome<Published>>;
  /**
   * Keeps the list of all accounts: found by its marker, updated in place, written only when it
   * changed. Returns where it begins; null where nobody keeps a list.
   */
  publishIndex(index: AccountIndex): Promise<PageLink | null>;
  /** Marks the page as history and keeps it; quiet when it is gone. */
  archive(page: AccountPage, earlier?: Earlier): Promise<Outcome<void>>;
}

export type KnowledgeDefinition<Config = unknown> = AdapterDefinition<Config, KnowledgeBase>;

export function defineKnowledge<Config>(
  definition: KnowledgeDefinition<Config>,
): KnowledgeDefinition<Config> {
  return definition;
}
