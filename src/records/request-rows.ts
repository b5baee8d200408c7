import type { Insertable } from 'kysely';

import { accountIdOf } from '../domain/operation.ts';
import type { Request } from '../domain/request.ts';
import { toSafeJson } from './refuse-secrets.ts';
import { parseRow, requestSchema } from './schema.ts';
import type { RequestTable } from './tables.ts';

export type RequestColumns = Omit<
  Insertable<RequestTable>,
  'id' | 'dedupe_key' | 'rendered_version'
>;

export function toColumns(request: Request): RequestColumns {
  const body = toSafeJson(request, request.id);
  const { order } = JSON.parse(body) as Request;
  return {
    version: request.version,
    state: request.state,
    kind: order.kind,
    connection: order.kind === 'flow-user' ? null : order.connection,
    address: order.address,
    account: accountIdOf(request),
    purpose_key: purposeKey(order.purpose),
    requester: request.requester,
    owner: order.owner,
    second_owner: order.secondOwner,
    created_at: request.createdAt,
    expires_at: request.expiresAt,
    resume_at: request.resumeAt,
    remind_at: nextReminder(request),
    body,
  };
}

export function toRequest(row: { readonly id: string; readonly body: unknown }): Request {
  return parseRow(requestSchema, row.body, row.id);
}

/** Two purposes are the same when they differ only in case and spacing. */
export function purposeKey(purpose: string): string {
  // There and back, because some letters (ß) meet only in capitals.
  const folded = purpose.normalize('NFKC').toUpperCase().toLowerCase();
  return folded.trim().replaceAll(/\s+/g, ' ');
}

/** Whichever comes first: the next reminder, or the escalation that has not happened yet. */
function nextReminder(request: Request): string | null {
  const { escalateAfterMs } = request.policy;
  const escalation =
    request.escalated || escalateAfterMs === null
      ? null
      : new Date(Date.parse(request.createdAt) + escalateAfterMs).toISOString();
  if (escalation === null || request.remindAt === null) return request.remindAt ?? escalation;
  return escalation < request.remindAt ? escalation : request.remindAt;
}
