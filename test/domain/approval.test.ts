import { describe, expect, it } from 'vitest';

import { refuseDecision, refuseMember } from '../../src/domain/approval.ts';
import type { Member } from '../../src/domain/approval.ts';
import { ruleFor } from '../../src/domain/policy.ts';
import { aRequest, aRule, aMember } from '../support/builders.ts';

const NOW = '2026-11-23T12:00:00.000Z';

describe('Who may decide', () => {
  const cases: [string, Partial<Member>, string | undefined][] = [
    ['a full member', {}, undefined],
    ['somebody deactivated', { deleted: true }, 'deactivated'],
    ['a bot', { bot: true }, 'bot'],
    ['a guest', { guest: true }, 'guest'],
    ['somebody of another workspace', { teamId: 'T2' }, 'other-workspace'],
  ];
  it.each(cases)('treats %s as it should', (_who, member, expected) => {
    expect(refuseMember(aMember(member), 'T1')).toBe(expected);
  });

  it('lets a member of an approver group decide', () => {
    const request = aRequest();

    const refusal = refuseDecision(request, aMember({ id: 'U9', groups: ['S1'] }), NOW);

    expect(refusal).toBeUndefined();
  });

  it('refuses the requester unless the rule allows self-approval', () => {
    const own = aMember({ id: 'UREQ', groups: ['S1'] });
    const request = aRequest();
    const lenient = aRequest({ policy: { ...request.policy, selfApproval: true } });

    expect(refuseDecision(request, own, NOW)).toBe('own-request');
    expect(refuseDecision(lenient, own, NOW)).toBeUndefined();
  });

  it('lets the second group decide only after escalation', () => {
    const second = aMember({ id: 'U7', groups: ['S2'] });
    const request = aRequest();

    expect(refuseDecision(request, second, NOW)).toBe('not-an-approver');
    expect(refuseDecision({ ...request, escalated: true }, second, NOW)).toBeUndefined();
  });

  it('counts an approver once', () => {
    const decisions = [{ by: 'UAPP', verdict: 'approve' as const, reason: null, at: NOW }];

    const refusal = refuseDecision(aRequest({ decisions }), aMember({ id: 'UAPP' }), NOW);

    expect(refusal).toBe('already-approved-by-you');
  });

  it('refuses late clicks even before the sweep has expired the request', () => {
    const request = aRequest({ expiresAt: '2026-11-23T11:59:59.000Z' });

    expect(refuseDecision(request, aMember({ id: 'UAPP' }), NOW)).toBe('expired');
  });
});

describe('Which rule applies', () => {
  it('takes the first that matches kind and connection', () => {
    const rules = [
      aRule({ name: 'github', connections: ['github-*'] }),
      aRule({ name: 'flow users', kinds: ['flow-user'] }),
      aRule({ name: 'rest' }),
    ];
    const { order } = aRequest();

    expect(ruleFor({ requesters: { users: [], groups: [] }, rules }, order, 'create')?.name).toBe(
      'rest',
    );
    expect(
      ruleFor(
        { requesters: { users: [], groups: [] }, rules },
        {
          ...order,
          connection: 'github-acme',
        } as typeof order,
        'create',
      )?.name,
    ).toBe('github');
  });
});
