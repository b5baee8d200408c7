import { includes, refuseMember } from '../domain/approval.ts';
import type { Member, Refusal } from '../domain/approval.ts';
import type { AuditEvent } from '../domain/audit.ts';
import { hasCode } from '../domain/errors.ts';
import { CREATE } from '../domain/operation.ts';
import { isNobody, mayRequest, ruleFor } from '../domain/policy.ts';
import type { PolicyRule } from '../domain/policy.ts';
import type { Order, Request } from '../domain/request.ts';
import { refused } from './deps.ts';
import type { UseCaseDeps } from './deps.ts';
import { firstEvents, newRequest } from './new-request.ts';
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
    deps.refreshPolicy?.(),
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
  const rule = ruleFor(deps.policy, order, 'create');
  if (rule === undefined) return { kind: 'invalid', errors: { kind: NO_RULE } };
  const gap = gapIn(rule, by);
  if (gap !== undefined) return { kind: 'invalid', errors: { kind: gap } };
  const wanted = { operation: CREATE, order, inherited: {} };
  const request = newRequest(wanted, rule, by, deps.clock.now());
  return record(request, firstEvents(request, submission.message), dedupeKey, deps);
}

/** Why nobody could decide it; undefined when somebody can. */
export function gapIn(rule: PolicyRule | undefined, by: Member): string | undefined {
  if (rule === undefined) return NO_RULE;
  return isNobody(rule.approvers) && !includes(rule.autoApprove, by) ? NO_APPROVERS : undefined;
}

const NO_RULE = 'No approval rule covers this. Ask an admin to add one to the policy.';
const NO_APPROVERS =
  'Nobody is named yet who approves this. Ask an admin of this app to choose approvers with /flow-service-account settings.';

export async function record(
  request: Request,
  events: readonly AuditEvent[],
  dedupeKey: string,
  deps: UseCaseDeps,
): Promise<Submitted> {
  try {
    const created = await deps.records.create({ request, events }, dedupeKey);
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
export async function checkAgainstTheWorld(
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
