import type { ColumnType, Generated, Kysely } from 'kysely';

import type { Kind, State } from '../domain/request.ts';

// JSON goes in as our own text, and comes out parsed but not yet trusted.
type Json = ColumnType<unknown, string, string>;
type Moment = ColumnType<Date, string, string>;
type MaybeMoment = ColumnType<Date | null, string | null, string | null>;

/** `body` is the whole request; the other columns are taken from it for searching. */
export interface RequestTable {
  id: string;
  version: number;
  state: State;
  kind: Kind;
  connection: string | null;
  address: string;
  /** Id of the account that it is about. */
  account: string;
  /** The purpose as it is compared: folded to small letters and single spaces. */
  purpose_key: string;
  requester: string;
  owner: string;
  second_owner: string | null;
  people: ColumnType<string[], never, never>;
  dedupe_key: ColumnType<string, string, never>;
  created_at: Moment;
  expires_at: Moment;
  resume_at: MaybeMoment;
  /** The earlier of reminder and escalation; null when neither is ahead. */
  remind_at: MaybeMoment;
  rendered_version: Generated<number>;
  body: Json;
}

interface AccountTable {
  id: string;
  state: 'active' | 'closed';
  body: Json;
  /** The other columns are taken from `body` by the table itself, for searching. */
  kind: ColumnType<Kind, never, never>;
  connection: ColumnType<string | null, never, never>;
  owner: ColumnType<string, never, never>;
  people: ColumnType<string[], never, never>;
  health: ColumnType<string, never, never>;
  due_at: ColumnType<string | null, never, never>;
  rotate_at: ColumnType<string, never, never>;
  created_at: ColumnType<string, never, never>;
}

/** Everything but `entry` is filled in by the table itself: see the migration. */
interface AuditTable {
  entry: string;
  seq: ColumnType<string, never, never>;
  previous_hash: ColumnType<string, never, never>;
  hash: ColumnType<string, never, never>;
  at: ColumnType<string, never, never>;
  action: ColumnType<string, never, never>;
  actor: ColumnType<string, never, never>;
  subject: ColumnType<string, never, never>;
}

export interface MessageTable {
  request_id: string;
  key: string;
  channel: string;
  ts: string | null;
  shows: string;
  at: Moment;
}

export interface DepositTable {
  token_hash: string;
  request_id: string;
  step: string;
  assignee: string;
  code_hash: string;
  expires_at: Moment;
  attempts: number;
  used_at: MaybeMoment;
}

/** The `local` store's table: ciphertext only. */
interface SealedSecretTable {
  name: string;
  version: number;
  key_id: string;
  sealed: string;
  meta: Json;
}

interface SettingTable {
  key: string;
  value: Json;
}

interface WorkflowStepTable {
  execution_id: string;
  person: string;
  kind: string | null;
  purpose: string | null;
  offered: boolean;
  outcome: 'success' | 'error' | null;
  created_at: Moment;
  expires_at: Moment;
}

interface RateSlotTable {
  bucket: string;
  /** When the bucket would be empty again, in milliseconds since 1970. */
  empty_at_ms: ColumnType<string, number, number>;
}

export interface Tables {
  request: RequestTable;
  account: AccountTable;
  audit: AuditTable;
  message: MessageTable;
  deposit: DepositTable;
  sealed_secret: SealedSecretTable;
  setting: SettingTable;
  rate_slot: RateSlotTable;
  workflow_step: WorkflowStepTable;
}

export type Database = Kysely<Tables>;
