import type { Accounts } from '../accounts/accounts.ts';
import type { Inventory } from '../accounts/inventory.ts';
import type { Finding } from '../domain/finding.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Records, Settings } from '../records/records.ts';
import type { DryRunAnswer, DryRunWish } from '../requests/dry-run.ts';
import type { Requests } from '../requests/requests.ts';
import type { SettingsDesk } from '../requests/settings.ts';
import type { Card } from './card.ts';
import type { Catalogue } from './catalogue.ts';
import type { SlackDirectory } from './directory.ts';
import type { GiveWay } from './give-way.ts';
import type { Messenger } from './messenger.ts';
import type { Modals } from './modals.ts';
import type { Choice } from './views/inputs.ts';
import type { BlockStyle } from './views/plan-blocks.ts';
import type { Workflows } from './workflows.ts';

/** The part of the records by which Slack's messages are kept and paced. */
export type SlackRecords = Pick<
  Records,
  | 'find'
  | 'findAccount'
  | 'messages'
  | 'audit'
  | 'reserveSlot'
  | 'exclusively'
  | 'workflowSteps'
  | 'findSubmitted'
> & { readonly settings: Pick<Settings, 'get' | 'set'> };

/** What the composition root gives to the Slack room. */
export interface SlackDeps {
  readonly requests: Requests;
  readonly accounts: Accounts;
  readonly inventory: Inventory;
  readonly records: SlackRecords;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly log: Log;
  /** Hears of every wait for a turn in Slack, in milliseconds. */
  readonly waited?: ((method: string, ms: number) => void) | undefined;
  /** Absent: only what the configuration says holds, and nobody can change it in Slack. */
  readonly settings?: SettingsDesk | undefined;
  /** Shows what a wish would do, without doing it. */
  dryRun(wish: DryRunWish): Promise<DryRunAnswer>;
  /** Everything that `doctor` looks at. */
  doctor(): Promise<readonly Finding[]>;
}

/** The same with everything that talks to Slack; what listeners and the renderer work with. */
export interface RoomDeps extends SlackDeps {
  readonly settings: SettingsDesk;
  /** The workspace's user groups to choose from. */
  userGroups(): Promise<readonly Choice[]>;
  readonly style: BlockStyle;
  readonly directory: SlackDirectory;
  readonly messenger: Messenger;
  readonly modals: Modals;
  readonly card: Card;
  readonly giveWay: GiveWay;
  readonly workflows: Workflows;
}
