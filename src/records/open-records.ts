import { sql } from 'kysely';

import type { Clock } from '../lib/clock.ts';
import { createAccountRecords } from './accounts.ts';
import { createAuditLog } from './audit.ts';
import { connectDatabase, openPool } from './connect.ts';
import { asking } from './database-error.ts';
import { createDeposits } from './deposits.ts';
import { runExclusively } from './exclusive-runs.ts';
import { createLocalVault } from './local-vault.ts';
import { measure } from './measures.ts';
import { createMessages } from './messages.ts';
import { requireMigrated } from './migrate.ts';
import { reserveSlot } from './rate-slots.ts';
import type { Records } from './records.ts';
import { createRequestRecords } from './requests.ts';
import { createSettings } from './settings.ts';
import { createWorkflowSteps } from './workflow-steps.ts';

export interface RecordsOptions {
  /** Carries a password: never log it. */
  readonly url: string;
  readonly clock: Clock;
  /** For queries; runs under a lock have as many again, one each. 10 unless told otherwise. */
  readonly maxConnections?: number;
}

const CONNECTIONS = 10;

/**
 * Opens a database that `migrate` has prepared.
 * @throws ProductError `invalid-config` when it has not
 */
export async function openRecords(options: RecordsOptions): Promise<Records> {
  const { url, clock, maxConnections = CONNECTIONS } = options;
  const { db, pool } = connectDatabase(url, maxConnections);
  // Apart from the queries' pool: a run holds its connection while its queries need others.
  const locks = openPool(url, maxConnections);

  async function close(): Promise<void> {
    await Promise.all([pool.end(), locks.end()]);
  }

  try {
    await asking(() => requireMigrated(db));
  } catch (error) {
    await close();
    throw error;
  }
  let closed: Promise<void> | undefined;
  return {
    ...createRequestRecords(db, clock),
    ...createAccountRecords(db, clock),
    exclusively: (requestId, work) => runExclusively(locks, requestId, work),
    audit: createAuditLog(db, clock),
    messages: createMessages(db),
    deposits: createDeposits(db),
    localVault: createLocalVault(db),
    settings: createSettings(db, clock),
    reserveSlot: (...slot) => reserveSlot(db, ...slot),
    workflowSteps: createWorkflowSteps(db),
    measure: (now) => measure(db, now),
    ping: async () => void (await asking(() => sql`SELECT 1`.execute(db))),
    close: () => (closed ??= close()),
  };
}
