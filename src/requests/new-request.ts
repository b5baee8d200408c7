import { randomBytes } from 'node:crypto';

import { includes } from '../domain/approval.ts';
import type { Member } from '../domain/approval.ts';
import type { AuditEvent } from '../domain/audit.ts';
import { requestId } from '../domain/naming.ts';
import { isLater } from '../domain/operation.ts';
import type { InheritedFacts, Operation } from '../domain/operation.ts';
import { blankJournal } from '../domain/plan.ts';
import { snapshot } from '../domain/policy.ts';
import type { PolicyRule } from '../domain/policy.ts';
import type { Order, Request } from '../domain/request.ts';
import { transition } from '../domain/transitions.ts';

/** What a new request is about. */
export interface Wanted {
  readonly operation: Operation;
  readonly order: Order;
  readonly inherited: InheritedFacts;
}

/** A request with the approval rule frozen into it; approved at once where the rule says so. */
export function newRequest(
  { operation, order, inherited }: Wanted,
  rule: PolicyRule,
  by: Member,
  now: Date,
): Request {
  const frozen = snapshot(rule, by);
  const policy = {
    ...frozen,
    autoApproved: frozen.autoApproved || ownerMay(rule, operation, order, by),
  };
  const request: Request = {
    id: requestId(randomBytes(6)),
    version: 1,
    state: 'pending',
    requester: by.id,
    operation,
    order,
    inherited,
    policy,
    decisions: [],
    steps: blankJournal(order.kind, operation.kind),
    failure: null,
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + rule.expiresAfterMs).toISOString(),
    resumeAt: null,
    remindAt: new Date(now.getTime() + firstReminderMs(rule)).toISOString(),
    escalated: false,
  };
  if (!policy.autoApproved) return request;
  return { ...transition(request, 'approve'), resumeAt: now.toISOString(), remindAt: null };
}

/** The account's owners need nobody's approval for what the rule leaves to them. */
function ownerMay(rule: PolicyRule, operation: Operation, order: Order, by: Member): boolean {
  if (!isLater(operation) || !rule.ownerMay.includes(operation.kind)) return false;
  const owners = { users: [order.owner, order.secondOwner ?? order.owner], groups: [] };
  return by.id === 'system' || includes(owners, by);
}

function firstReminderMs(rule: PolicyRule): number {
  return Math.min(rule.remindEveryMs, rule.escalateAfterMs ?? rule.remindEveryMs);
}

/** `message`: where a browser shows the Slack message that it was asked from. */
export function firstEvents(request: Request, message?: string): AuditEvent[] {
  const { order, operation } = request;
  const what =
    operation.kind === 'create' ? {} : { operation: operation.kind, ...wordsOf(operation) };
  const from = message === undefined ? {} : { message };
  const about = {
    kind: order.kind,
    address: order.address,
    rule: request.policy.rule,
    ...what,
    ...from,
  };
  const base = { actor: request.requester, subject: request.id };
  const requested: AuditEvent = { ...base, action: 'requested', details: about };
  if (request.state !== 'approved') return [requested];
  const rule = request.policy.rule;
  return [
    requested,
    { action: 'auto-approved', actor: 'system', subject: request.id, details: { rule } },
  ];
}

function wordsOf(operation: Exclude<Operation, { kind: 'create' }>) {
  if (isLater(operation)) return { account: operation.account, reason: operation.reason };
  return { login: operation.login, storedAs: operation.storedAs ?? 'handed in by a person' };
}
