import { randomBytes } from 'node:crypto';

import type { Member } from '../src/domain/approval.ts';
import { requestId } from '../src/domain/naming.ts';
import { CREATE } from '../src/domain/operation.ts';
import { blankJournal } from '../src/domain/plan.ts';
import type { Request } from '../src/domain/request.ts';
import type { Records } from '../src/records/records.ts';
import type { FormOrder } from '../src/sandbox/fill-form.ts';
import { GROUPS, PEOPLE } from '../src/sandbox/people.ts';
import { CONNECTION, SCOPE } from './instant-ports.ts';

/** As a person fills it in. */
export const FORM_ORDER: FormOrder = {
  kind: 'integration',
  connection: 'Instant Git',
  access: 'contributor',
  scope: [SCOPE.name],
  services: ['repositories'],
};

/** An approver as Slack describes them. */
export const APPROVER: Member = {
  id: PEOPLE.approver.id,
  teamId: 'T00000001',
  deleted: false,
  bot: false,
  guest: false,
  groups: [GROUPS.approvers.id],
};

let count = 0;

/** A request of the sandbox's requester that waits for a decision. */
export async function pendingRequest(
  records: Records,
  change: Partial<Request> = {},
): Promise<Request> {
  count += 1;
  const now = new Date();
  const localPart = `flow-${count}-${now.getTime().toString(36)}`;
  const request: Request = {
    id: requestId(randomBytes(6)),
    version: 1,
    state: 'pending',
    requester: PEOPLE.requester.id,
    operation: CREATE,
    inherited: {},
    order: {
      kind: 'integration',
      localPart,
      address: `${localPart}@svc.example.com`,
      purpose: `Flow reads the repositories of team ${count}.`,
      owner: PEOPLE.owner.id,
      secondOwner: null,
      rotationDays: 90,
      connection: CONNECTION,
      access: 'contributor',
      scope: [SCOPE],
      services: ['repositories'],
    },
    policy: {
      rule: 'one approver for everything',
      needed: 1,
      approvers: { users: [], groups: [GROUPS.approvers.id] },
      selfApproval: false,
      breakGlass: false,
      autoApproved: false,
      remindEveryMs: 86_400_000,
      escalateAfterMs: null,
      escalateTo: { users: [], groups: [GROUPS.leads.id] },
    },
    decisions: [],
    steps: blankJournal('integration'),
    failure: null,
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + 259_200_000).toISOString(),
    resumeAt: null,
    remindAt: null,
    escalated: false,
    ...change,
  };
  const requested = { action: 'requested', actor: request.requester, subject: request.id } as const;
  return records.create({ request, events: [{ ...requested, details: {} }] }, request.id);
}
