import type { Finding } from '../domain/finding.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Records } from '../records/records.ts';
import type { Requests } from '../requests/requests.ts';
import type { Card } from './card.ts';
import type { Catalogue } from './catalogue.ts';
import type { SlackDirectory } from './directory.ts';
import type { GiveWay } from './give-way.ts';
import type { Messenger } from './messenger.ts';
import type { Modals } from './modals.ts';
import type { BlockStyle } from './views/plan-blocks.ts';

/** The part of the records by which Slack's messages are kept and paced. */
export type SlackRecords = Pick<
  Records,
  'find' | 'findAccount' | 'messages' | 'audit' | 'reserveSlot' | 'exclusively'
>;

/** What the composition root gives to the Slack room. */
export interface SlackDeps {
  readonly requests: Requests;
  readonly records: SlackRecords;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly log: Log;
  /** Everything that `doctor` looks at. */
  doctor(): Promise<readonly Finding[]>;
}

/** The same with everything that talks to Slack; what listeners and the renderer work with. */
export interface RoomDeps extends SlackDeps {
  readonly approvalsChannel: string;
  readonly style: BlockStyle;
  readonly directory: SlackDirectory;
  readonly messenger: Messenger;
  readonly modals: Modals;
  readonly card: Card;
  readonly giveWay: GiveWay;
}
