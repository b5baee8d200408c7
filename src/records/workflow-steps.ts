import { sql } from 'kysely';

import { asking } from './database-error.ts';
import type { WorkflowStep, WorkflowSteps } from './records.ts';
import { workflowKey } from './records.ts';
import type { Database } from './tables.ts';

const KEY = workflowKey('');

export function createWorkflowSteps(db: Database): WorkflowSteps {
  return {
    async open(step) {
      await asking(() =>
        db
          .insertInto('workflow_step')
          .values(toRow(step))
          .onConflict((conflict) => conflict.doNothing())
          .execute(),
      );
    },

    async find(executionId) {
      const row = await asking(() =>
        db
          .selectFrom('workflow_step')
          .selectAll()
          .where('execution_id', '=', executionId)
          .executeTakeFirst(),
      );
      return row === undefined ? undefined : toStep(row);
    },

    async ofRequest(requestId) {
      const row = await asking(() =>
        db
          .selectFrom('workflow_step')
          .innerJoin('request', (join) =>
            join.on(sql<boolean>`request.dedupe_key = ${KEY}::text || workflow_step.execution_id`),
          )
          .selectAll('workflow_step')
          .where('request.id', '=', requestId)
          .executeTakeFirst(),
      );
      return row === undefined ? undefined : toStep(row);
    },

    async offered(executionId) {
      await asking(() =>
        db
          .updateTable('workflow_step')
          .set({ offered: true })
          .where('execution_id', '=', executionId)
          .execute(),
      );
    },

    async ended(executionId, outcome) {
      await asking(() =>
        db
          .updateTable('workflow_step')
          .set({ outcome })
          .where('execution_id', '=', executionId)
          .where('outcome', 'is', null)
          .execute(),
      );
    },

    async neglected(now, limit) {
      const rows = await asking(() => neglectedQuery(db, now, limit).execute());
      return rows.map(toStep);
    },
  };
}

function neglectedQuery(db: Database, now: string, limit: number) {
  return db
    .selectFrom('workflow_step')
    .selectAll()
    .where('outcome', 'is', null)
    .where((where) =>
      where.or([where('expires_at', '<=', new Date(now)), where('offered', '=', false)]),
    )
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('request')
            .select('request.id')
            .where(sql<boolean>`request.dedupe_key = ${KEY}::text || workflow_step.execution_id`),
        ),
      ),
    )
    .orderBy('created_at')
    .limit(limit);
}

function toRow(step: WorkflowStep) {
  return {
    execution_id: step.executionId,
    person: step.person,
    kind: step.kind,
    purpose: step.purpose,
    offered: step.offered,
    outcome: step.outcome,
    created_at: step.createdAt,
    expires_at: step.expiresAt,
  };
}

interface Row {
  readonly execution_id: string;
  readonly person: string;
  readonly kind: string | null;
  readonly purpose: string | null;
  readonly offered: boolean;
  readonly outcome: 'success' | 'error' | null;
  readonly created_at: Date;
  readonly expires_at: Date;
}

function toStep(row: Row): WorkflowStep {
  return {
    executionId: row.execution_id,
    person: row.person,
    kind: row.kind,
    purpose: row.purpose,
    offered: row.offered,
    outcome: row.outcome,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  };
}
