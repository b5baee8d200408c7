import type { Automation, AutomationDefinition } from '../automations/automation.ts';
import type { Flow } from '../flow/flow.ts';
import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import type { Clock } from '../lib/clock.ts';
import type { Mailboxes } from '../mailboxes/mailboxes.ts';
import type { SecretStore } from '../stores/store.ts';
import type { Vendor, VendorDefinition } from '../vendors/vendor.ts';

/** A configured vendor instance, opened. */
export interface Connection {
  readonly id: string;
  readonly name: string;
  readonly vendor: Vendor;
  readonly definition: Pick<
    VendorDefinition,
    | 'id'
    | 'name'
    | 'abilities'
    | 'accessWords'
    | 'scopeWord'
    | 'flowTile'
    | 'flowVendorType'
    | 'services'
    | 'setsPassword'
    | 'git'
  > & {
    /** Under this configuration nobody signs in as the account. */
    readonly passwordless?: boolean;
  };
}

export interface OpenAutomation {
  readonly id: string;
  readonly name: string;
  readonly automation: Automation;
  readonly definition: Pick<AutomationDefinition, 'id' | 'name' | 'targetHint' | 'byHand'>;
}

/** Everything outside that steps may touch; opened once from the configuration. */
export interface Ports {
  readonly clock: Clock;
  readonly connections: ReadonlyMap<string, Connection>;
  readonly automations: ReadonlyMap<string, OpenAutomation>;
  readonly mailboxes: Mailboxes;
  readonly store: SecretStore;
  readonly storeName: string;
  readonly storeWarning: string | null;
  readonly knowledge: KnowledgeBase;
  readonly knowledgeName: string;
  /** Where people do what the adapter asks for. */
  readonly byHand: { readonly mailboxes: boolean; readonly knowledge: boolean };
  readonly flow: Flow;
  /** Is there a one-time page for depositing credentials? Else people put them into the store. */
  readonly depositPage: boolean;
  /** How long the old credential lives on after a rotation, in milliseconds. */
  readonly graceMs: number;
  /** Does a closed account's address stay? */
  readonly keepMailboxes: boolean;
  /** Display name of a person, for pages; falls back to the id. */
  readonly personName: (id: string) => Promise<string>;
}
