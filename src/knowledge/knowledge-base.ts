import type { PageLink } from '../domain/account.ts';
import type { Finding } from '../domain/finding.ts';
import type { AccountPage } from '../domain/page.ts';
import type { AdapterDefinition } from '../lib/adapter.ts';

/** Where people look things up. Holds links to credentials, never the credentials. */
export interface KnowledgeBase {
  check(): Promise<Finding[]>;
  /** Finds the page by its marker and updates it in place, or publishes it; once, whatever happens. */
  publish(page: AccountPage): Promise<PageLink>;
  /** Marks the page as history; quiet when it is gone. */
  archive(page: AccountPage): Promise<void>;
}

export type KnowledgeDefinition<Config = unknown> = AdapterDefinition<Config, KnowledgeBase>;

export function defineKnowledge<Config>(
  definition: KnowledgeDefinition<Config>,
): KnowledgeDefinition<Config> {
  return definition;
}
