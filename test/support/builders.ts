import type { Member } from '../../src/domain/approval.ts';
import { CREATE } from '../../src/domain/operation.ts';
import { blankJournal } from '../../src/domain/plan.ts';
import type { PolicyRule } from '../../src/domain/policy.ts';
import type { IntegrationOrder, Request } from '../../src/domain/request.ts';

export function anOrder(change: Partial<IntegrationOrder> = {}): IntegrationOrder {
  return {
    kind: 'integration',
    localPart: 'flow-integrations',
    address: 'flow-integrations@svc.example.com',
    purpose: 'Flow reads the repositories of the web team.',
    owner: 'UOWNER',
    secondOwner: null,
    rotationDays: 90,
    connection: 'gitlab',
    access: 'contributor',
    scope: [{ id: 'group:1', name: 'acme', kind: 'group' }],
    services: ['repositories'],
    ...change,
  };
}

export function aRequest(change: Partial<Request> = {}): Request {
  const order = change.order ?? anOrder();
  return {
    id: 'SA-7K3F9Q',
    version: 1,
    state: 'pending',
    requester: 'UREQ',
    operation: CREATE,
    inherited: {},
    order,
    policy: {
      rule: 'all',
      needed: 1,
      approvers: { users: ['UAPP'], groups: ['S1'] },
      selfApproval: false,
      breakGlass: false,
      autoApproved: false,
      remindEveryMs: 86_400_000,
      escalateAfterMs: 2 * 86_400_000,
      escalateTo: { users: [], groups: ['S2'] },
    },
    decisions: [],
    steps: blankJournal(order.kind),
    failure: null,
    createdAt: '2026-11-23T10:00:00.000Z',
    updatedAt: '2026-11-23T10:00:00.000Z',
    expiresAt: '2026-11-26T10:00:00.000Z',
    resumeAt: null,
    remindAt: null,
    escalated: false,
    ...change,
  };
}

export function aMember(change: Partial<Member> = {}): Member {
  return {
    id: 'U1',
    teamId: 'T1',
    deleted: false,
    bot: false,
    guest: false,
    groups: [],
    ...change,
  };
}

export function aRule(change: Partial<PolicyRule> = {}): PolicyRule {
  return {
    name: 'all',
    kinds: [],
    operations: [],
    ownerMay: ['rotate'],
    connections: [],
    approvers: { users: ['UAPP'], groups: ['S1'] },
    needed: 1,
    selfApproval: false,
    breakGlass: false,
    autoApprove: { users: [], groups: [] },
    expiresAfterMs: 3 * 86_400_000,
    remindEveryMs: 86_400_000,
    escalateAfterMs: null,
    escalateTo: { users: [], groups: [] },
    ...change,
  };
}
