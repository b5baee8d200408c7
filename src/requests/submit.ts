import { randomBytes } from 'node:crypto';

import { refuseMember } from '../domain/approval.ts';
import type { Member, Refusal } from '../domain/approval.ts';
import type { AuditEvent } from '../domain/audit.ts';
import { hasCode } from '../domain/errors.ts';
import { requestId } from '../domain/naming.ts';
import { blankJournal } from '../domain/plan.ts';
import { mayRequest, ruleFor, snapshot } from '../domain/policy.ts';
import type { PolicyRule } from '../domain/policy.ts';
import type { Order, Request } from '../domain/request.ts';
import { transition } from '../domain/transitions.ts';
import { refused } from './deps.ts';
import type { UseCaseDeps } from './deps.ts';
import type { Directory, FieldErrors, Submission, Submitted } from './requests.ts';
import { validateOrder } from './validate-order.ts';

/** Takes a request in: once per form, with the approval rule frozen into it. */
export async function submit(
  submission: Submission,
  deps: UseCaseDeps,
  directory: Directory,
): Promise<Submitted> {
  const { order: draft, dedupeKey } = submission;
  const validated = validateOrder(draft, deps.ports);
  // Each answer comes from afar, so they are waited for together; the person's comes first.
  const [by, before, errors] = await Promise.all([
    submission.by,
    deps.records.findSubmitted(dedupeKey),
    validated.kind === 'valid' ? checkAgainstTheWorld(validated.order, deps, directory) : {},
  ]);
  const refusal: Refusal | undefined =
    refuseMember(by, directory.teamId) ??
    (mayRequest(deps.policy, by) ? undefined : 'not-a-requester');
  if (refusal !== undefined) return refused(deps, refusal, by, 'requested', null);
  // The same form sent again after a slow answer must not meet its own request as a stranger.
  if (before !== undefined) return { kind: 'created', request: before };
  if (validated.kind === 'invalid') return validated;
  const { order } = validated;
  if (Object.keys(errors).length > 0) return { kind: 'invalid', errors };
  const rule = ruleFor(deps.policy, order);
  if (rule === undefined)
    return {
      kind: 'invalid',
      errors: { kind: 'No approval rule covers this. Ask an admin to add one to the policy.' },
    };
  return record(newRequest(order, rule, by, deps.clock.now()), dedupeKey, deps);
}

async function record(request: Request, dedupeKey: string, deps: UseCaseDeps): Promise<Submitted> {
  try {
    const created = await deps.records.create({ request, events: eventsOf(request) }, dedupeKey);
    await deps.wish(created, 'render');
    if (created.state === 'approved') await deps.wish(created, 'provision');
    return { kind: 'created', request: created };
  } catch (error) {
    // The same form sent twice is one request.
    if (hasCode(error, 'exists')) {
      return { kind: 'created', request: await deps.records.get(error.subject) };
    }
    // Somebody else's form with the same address arrived in the same instant.
    if (hasCode(error, 'name-taken')) {
      return { kind: 'invalid', errors: { localPart: taken(request.order, error.subject) } };
    }
    throw error;
  }
}

/** What only other people and other requests can tell: addresses are unique, owners are alive. */
async function checkAgainstTheWorld(
  order: Order,
  deps: UseCaseDeps,
  directory: Directory,
): Promise<FieldErrors> {
  const [similar, owner, secondOwner] = await Promise.all([
    deps.records.similar(order.address, ''),
    isMember(order.owner, directory),
    isMember(order.secondOwner, directory),
  ]);
  const same = similar.find((other) => other.order.address === order.address);
  return {
    ...(same === undefined ? {} : { localPart: taken(order, same.id) }),
    ...(owner ? {} : { owner: NOT_A_MEMBER }),
    ...(secondOwner ? {} : { secondOwner: NOT_A_MEMBER }),
  };
}

const NOT_A_MEMBER = 'Choose a full, active member of this workspace.';

async function isMember(id: string | null, directory: Directory): Promise<boolean> {
  if (id === null) return true;
  const member = await directory.member(id, []);
  return member !== undefined && refuseMember(member, directory.teamId) === undefined;
}

function taken({ address, localPart }: Order, holder: string): string {
  return `${address} already belongs to ${holder}. Choose another name, for example ${localPart}-2.`;
}

function newRequest(order: Order, rule: PolicyRule, by: Member, now: Date): Request {
  const policy = snapshot(rule, by);
  const request: Request = {
    id: requestId(randomBytes(6)),
    version: 1,
    state: 'pending',
    requester: by.id,
    order,
    policy,
    decisions: [],
    steps: blankJournal(order.kind),
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

function firstReminderMs(rule: PolicyRule): number {
  return Math.min(rule.remindEveryMs, rule.escalateAfterMs ?? rule.remindEveryMs);
}

function eventsOf(request: Request): AuditEvent[] {
  const { order } = request;
  const about = { kind: order.kind, address: order.address, rule: request.policy.rule };
  const base = { actor: request.requester, subject: request.id };
  const requested: AuditEvent = { ...base, action: 'requested', details: about };
  if (request.state !== 'approved') return [requested];
  const rule = request.policy.rule;
  return [
    requested,
    { action: 'auto-approved', actor: 'system', subject: request.id, details: { rule } },
  ];
}
