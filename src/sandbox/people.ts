/** The sandbox's people, named for what they do. */
export const PEOPLE = {
  requester: { id: 'U0REQUESTER', name: 'requester', realName: 'Requester' },
  approver: { id: 'U0APPROVER', name: 'approver', realName: 'Approver' },
  second: { id: 'U0SECOND', name: 'second-approver', realName: 'Second approver' },
  owner: { id: 'U0OWNER', name: 'owner', realName: 'Account owner' },
  admin: { id: 'U0ADMIN', name: 'admin', realName: 'Tools admin' },
  lead: { id: 'U0LEAD', name: 'lead', realName: 'Team lead' },
  guest: { id: 'U0GUEST', name: 'guest', realName: 'Guest', isRestricted: true },
} as const;

export const CHANNEL = { id: 'C0APPROVALS', name: 'flow-approvals' } as const;

export const GROUPS = {
  approvers: {
    id: 'S0APPROVERS',
    handle: 'flow-approvers',
    users: [PEOPLE.approver.id, PEOPLE.second.id],
  },
  leads: { id: 'S0LEADS', handle: 'team-leads', users: [PEOPLE.lead.id] },
} as const;
