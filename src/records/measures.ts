import { sql } from 'kysely';
import { z } from 'zod';

import { DAYS_LEFT, SPREAD_BOUNDS } from '../domain/measures.ts';
import type { Measures, Spread } from '../domain/measures.ts';
import { KINDS, STATES } from '../domain/request.ts';
import { asking } from './database-error.ts';
import type { Database } from './tables.ts';

/** The key under which the worker notes when its last sweep ended. */
export const SWEPT_AT = 'swept-at';

/**
 * Counts what the records hold, at this moment. Every process that asks gets the same numbers.
 * @throws ProductError when the database cannot be reached
 */
export async function measure(db: Database, now: string): Promise<Measures> {
  return asking(async () => {
    const [requests, approve, provision, failures, tasks, credentials, single, buckets] =
      await Promise.all([
        countRequests(db),
        timesToApprove(db),
        timesToProvision(db),
        stepFailures(db),
        openTasks(db, now),
        credentialsLeft(db, now),
        singleNumbers(db, now),
        rateBuckets(db),
      ]);
    return {
      requests,
      timeToApprove: spreads(approve),
      timeToProvision: spreads(provision),
      stepFailures: failures,
      tasks,
      credentials,
      ...single,
      buckets,
    };
  });
}

const kind = z.enum(KINDS);
const count = z.coerce.number();

async function countRequests(db: Database) {
  const { rows } = await sql`
    SELECT state, kind, count(*) AS count FROM request GROUP BY state, kind`.execute(db);
  return z.array(z.object({ state: z.enum(STATES), kind, count })).parse(rows);
}

/** Which bucket a number of seconds belongs to, counted from 0; above the last bound is the last. */
const bucket = sql`width_bucket(-seconds, ${sql.lit(bounds())}::float8[])`;

const spreadRow = z.array(z.object({ kind, bucket: count, count, sum: count }));
type SpreadRows = z.infer<typeof spreadRow>;

async function timesToApprove(db: Database): Promise<SpreadRows> {
  // The last decision is the one that was needed; approvals by a rule are no waiting.
  const { rows } = await sql`
    SELECT kind, ${bucket} AS bucket, count(*) AS count, sum(seconds) AS sum
    FROM (
      SELECT kind, extract(epoch FROM decided_at::timestamptz - created_at)::float8 AS seconds
      FROM request WHERE decided_at IS NOT NULL
        AND state NOT IN ('pending', 'denied', 'cancelled', 'expired')
    ) AS waited
    GROUP BY 1, 2`.execute(db);
  return spreadRow.parse(rows);
}

async function timesToProvision(db: Database): Promise<SpreadRows> {
  const { rows } = await sql`
    SELECT kind, ${bucket} AS bucket, count(*) AS count, sum(seconds) AS sum
    FROM (
      SELECT kind, greatest(0, extract(epoch FROM audit.at::timestamptz
        - coalesce(decided_at::timestamptz, created_at)))::float8 AS seconds
      FROM audit JOIN request ON request.id = audit.subject
      WHERE audit.action = 'completed' AND audit.action IN (${MEASURED})
    ) AS worked
    GROUP BY 1, 2`.execute(db);
  return spreadRow.parse(rows);
}

// The same words as in the index of the migration, so that PostgreSQL takes it.
const MEASURED = sql.raw(`'step-failed', 'failed', 'completed'`);

const failureRow = z.object({
  kind,
  connection: z.string().nullable(),
  step: z.string(),
  code: z.string(),
  outcome: z.enum(['again', 'stopped']),
  count,
  waitSeconds: count,
});

async function stepFailures(db: Database) {
  const { rows } = await sql`
    SELECT kind, connection, step, code,
      CASE action WHEN 'failed' THEN 'stopped' ELSE 'again' END AS outcome, sum(count) AS count,
      sum(wait) AS "waitSeconds"
    FROM (
      SELECT action, subject, step, code, count(*) AS count,
        coalesce(sum(greatest(0, extract(epoch FROM
          (entry::jsonb #>> '{details,againAt}')::timestamptz - at::timestamptz)))
          FILTER (WHERE code = 'rate-limited'), 0) AS wait
      FROM audit
      WHERE action IN (${MEASURED}) AND action <> 'completed'
        AND step IS NOT NULL AND code IS NOT NULL
      GROUP BY action, subject, step, code
    ) AS failure JOIN request ON request.id = failure.subject
    GROUP BY 1, 2, 3, 4, 5`.execute(db);
  return z.array(failureRow).parse(rows);
}

const taskRow = z.object({
  step: z.string(),
  role: z.enum(['owner', 'vendor-admin', 'mail-admin', 'flow-admin', 'store-admin']),
  count,
  oldestSeconds: count,
});

async function openTasks(db: Database, now: string) {
  const { rows } = await sql`
    SELECT step ->> 'id' AS step, step -> 'task' ->> 'role' AS role, count(*) AS count,
      greatest(0, extract(epoch FROM ${now}::timestamptz
        - min((step -> 'task' ->> 'openedAt')::timestamptz))) AS "oldestSeconds"
    FROM request, jsonb_array_elements(body -> 'steps') AS step
    WHERE state IN ('waiting', 'undoing') AND step ->> 'state' = 'human'
      AND jsonb_typeof(step -> 'task') = 'object'
    GROUP BY 1, 2`.execute(db);
  return z.array(taskRow).parse(rows);
}

async function credentialsLeft(db: Database, now: string) {
  const { rows } = await sql`
    SELECT "left", count(*) AS count FROM (
      SELECT CASE
        WHEN expires IS NULL THEN 'never'
        WHEN expires <= ${now}::timestamptz THEN 'expired'
        WHEN expires < ${now}::timestamptz + interval '7 days' THEN '0-7'
        WHEN expires < ${now}::timestamptz + interval '30 days' THEN '7-30'
        WHEN expires < ${now}::timestamptz + interval '90 days' THEN '30-90'
        ELSE '90+' END AS "left"
      FROM (
        SELECT (body -> 'verification' ->> 'expiresAt')::timestamptz AS expires
        FROM account WHERE state <> 'closed'
      ) AS living
    ) AS sorted GROUP BY 1`.execute(db);
  return z.array(z.object({ left: z.enum(DAYS_LEFT), count })).parse(rows);
}

const singleRow = z.object({
  rotationsDue: count,
  dueLagSeconds: count,
  messagesBehind: count,
  sweptAt: z.string().nullable(),
});

async function singleNumbers(db: Database, now: string) {
  const { rows } = await sql`
    SELECT
      (SELECT count(*) FROM account WHERE state <> 'closed'
        AND (body ->> 'rotateAt')::timestamptz <= ${now}::timestamptz) AS "rotationsDue",
      (SELECT coalesce(greatest(0, extract(epoch FROM ${now}::timestamptz - min(resume_at))), 0)
        FROM request WHERE resume_at IS NOT NULL) AS "dueLagSeconds",
      (SELECT count(*) FROM request WHERE rendered_version < version) AS "messagesBehind",
      (SELECT value #>> '{}' FROM setting WHERE key = ${SWEPT_AT}) AS "sweptAt"`.execute(db);
  return singleRow.parse(rows[0]);
}

async function rateBuckets(db: Database) {
  const rows = await db.selectFrom('rate_slot').select(['bucket', 'empty_at_ms']).execute();
  return rows.map((row) => ({ bucket: row.bucket, emptyAtMs: Number(row.empty_at_ms) }));
}

/** Negative and so in reverse: `width_bucket` counts a bound to the bucket above it, we below. */
function bounds(): string {
  const negative = SPREAD_BOUNDS.toReversed().map((bound) => -bound);
  return `{${negative.join(',')}}`;
}

function spreads(rows: SpreadRows): Spread[] {
  return KINDS.flatMap((name) => {
    const own = rows.filter((row) => row.kind === name);
    if (own.length === 0) return [];
    const counts = Array.from({ length: SPREAD_BOUNDS.length + 1 }, (_, index) =>
      own
        .filter((row) => row.bucket === SPREAD_BOUNDS.length - index)
        .reduce((sum, row) => sum + row.count, 0),
    );
    return [{ kind: name, counts, sum: own.reduce((sum, row) => sum + row.sum, 0) }];
  });
}
