import { describe, expect, test } from 'vitest';

import type { Refusal } from '../../src/domain/approval.ts';
import type { AuditAction, AuditEntry } from '../../src/domain/audit.ts';
import { refusalSentence, threadLine } from '../../src/slack/sentences.ts';
import { aRequest, aTask, aWaitingRequest, HOSTILE, NOW } from './builders.ts';

function anEntry(action: AuditAction, details: Record<string, unknown> = {}): AuditEntry {
  const kept = { subject: 'SA-7K3F9Q', at: NOW, entry: '', previousHash: '', hash: '', seq: 1 };
  return { ...kept, action, actor: 'U0APPROVER', details };
}

function line(action: AuditAction, details?: Record<string, unknown>): string | undefined {
  return threadLine(anEntry(action, details), aRequest(), (step) => `Step ${step}`)?.mrkdwn;
}

describe('thread lines', () => {
  test.each<[AuditAction, Record<string, unknown>, string]>([
    ['approved', {}, '<@U0APPROVER> approved this request.'],
    ['denied', { reason: 'a: b: c' }, '<@U0APPROVER> denied this request: a: b: c.'],
    ['step-done', { step: 'mailbox' }, 'Done: Step mailbox'],
    ['step-undone', { step: 'mailbox' }, 'Undone: Step mailbox'],
    ['retried', {}, '<@U0APPROVER> had it tried again.'],
    ['deposit-refused', {}, 'The credential that was handed in was not accepted.'],
  ])('tell %s with %j', (action, details, sentence) => {
    expect(line(action, details)).toBe(sentence);
  });

  test.each<AuditAction>([
    'requested',
    'refused',
    'failed',
    'completed',
    'task-opened',
    'task-checked',
    'credential-read',
    'deposit-opened',
  ])('do not tell %s', (action) => {
    expect(line(action)).toBeUndefined();
  });

  test('show hostile details as harmless text', () => {
    expect(line('denied', { reason: HOSTILE })).not.toMatch(/<!channel|<@U0EVIL|<https/);
    expect(line('step-done', { step: HOSTILE })).not.toMatch(/<!channel|<@U0EVIL|<https/);
    expect(line('denied', { reason: { not: 'a text' } })).toBe(
      '<@U0APPROVER> denied this request.',
    );
  });
});

describe('refusals', () => {
  const every: Refusal[] = [
    'not-a-member',
    'guest',
    'bot',
    'deactivated',
    'other-workspace',
    'not-an-approver',
    'not-a-requester',
    'not-the-requester',
    'not-the-assignee',
    'own-request',
    'already-decided',
    'already-approved-by-you',
    'expired',
    'too-late',
  ];

  test.each(every)('%s is a whole sentence with and without a request', (refusal) => {
    for (const request of [null, aRequest(), aWaitingRequest(aTask())]) {
      expect(refusalSentence(refusal, request).mrkdwn).toMatch(/^[A-Z<].*\.$/su);
    }
  });

  test('a cancelled request says who cancelled it', () => {
    const request = aRequest({ state: 'cancelled' });

    expect(refusalSentence('already-decided', request).mrkdwn).toContain(
      'was cancelled by <@U0ASKER>',
    );
  });

  test('an escalated request names those who were asked in addition', () => {
    const base = aRequest();
    const policy = { ...base.policy, escalateTo: { users: ['U0SECOND'], groups: [] } };

    expect(
      refusalSentence('not-an-approver', { ...base, policy, escalated: true }).mrkdwn,
    ).toContain('<@U0APPROVER>, <!subteam^S0APPROVERS>, <@U0SECOND>');
  });
});
