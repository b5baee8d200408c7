import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { Policy, PolicyRule } from '../../src/domain/policy.ts';
import { CHANNEL, openRoom } from './room.ts';
import type { Room } from './room.ts';

const SCOPES = ['commands', 'chat:write', 'im:write', 'users:read', 'usergroups:read'];
let room: Room;

beforeEach(async () => {
  room = await openRoom({ workspace: { botScopes: [...SCOPES, 'channels:read'] } });
});

afterEach(() => room.close());

function policy(rule: Partial<PolicyRule>): Policy {
  const base: PolicyRule = {
    name: 'platform',
    kinds: [],
    operations: [],
    ownerMay: [],
    connections: [],
    approvers: { users: ['U0APPROVER'], groups: [] },
    needed: 1,
    selfApproval: false,
    breakGlass: false,
    autoApprove: { users: [], groups: [] },
    expiresAfterMs: 1,
    remindEveryMs: 1,
    escalateAfterMs: null,
    escalateTo: { users: [], groups: [] },
  };
  return { requesters: { users: [], groups: [] }, rules: [{ ...base, ...rule }] };
}

async function found(rule: Partial<PolicyRule> = {}): Promise<string[]> {
  const findings = await room.app.check(policy(rule));
  return findings.map(({ level, message }) => `${level}: ${message}`);
}

describe('what doctor says of Slack', () => {
  test('is that all is well when it is', async () => {
    expect(await found()).toEqual([
      'ok: Connected to sandbox with what the app needs.',
      'ok: Cards go to #approvals.',
      'ok: Everybody named can decide.',
    ]);
  });

  test('names a permission that is missing, and what it is for', async () => {
    await room.close();
    room = await openRoom({
      workspace: { botScopes: SCOPES.filter((scope) => scope !== 'im:write') },
    });

    expect((await found())[0]).toMatch(/^problem: Missing: im:write \(direct messages/);
  });

  test('does not need the optional permission for the channel', async () => {
    await room.close();
    room = await openRoom({ workspace: { botScopes: SCOPES } });

    expect((await found())[1]).toMatch(/^ok: Cards go to C0APPROVALS/);
  });

  test.each([
    [{ archived: true }, 'problem: #approvals is archived.'],
    [{ members: ['U0ASKER'] }, 'problem: The app is not in #approvals.'],
    [{ extShared: true }, 'warning: #approvals is shared with another organisation'],
  ])('sees that the channel is %j', async (change, words) => {
    room.slack.addChannel({ id: CHANNEL, name: 'approvals', ...change });

    expect((await found())[1]).toContain(words);
  });

  test('finds a rule that too few people are left to decide', async () => {
    const approvers = { users: ['U0APPROVER', 'U0GUEST', 'U0NOBODY'], groups: [] };

    expect(await found({ approvers, needed: 2 })).toContain(
      'problem: 1 of 2 needed approvers can decide.',
    );
  });

  test('names people who can no longer decide while others can', async () => {
    const approvers = { users: ['U0APPROVER', 'U0GUEST'], groups: [] };

    expect(await found({ approvers })).toContain('warning: These can no longer decide: U0GUEST.');
  });

  test('explains a user group that cannot be read', async () => {
    const approvers = { users: [], groups: ['S0NOWHERE'] };

    expect(await found({ approvers })).toContain(
      'warning: The members of S0NOWHERE are not known: there is no such user group.',
    );
  });
});

describe('people', () => {
  test('are named as Slack shows them, and by id when it does not', async () => {
    expect(await room.app.personName('U0ASKER')).toBe('asker');
    expect(await room.app.personName('U0NOBODY')).toBe('U0NOBODY');
  });
});
