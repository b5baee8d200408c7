import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { newCare } from '../../src/domain/account.ts';
import type { Account, HealthState } from '../../src/domain/account.ts';
import { ACTION, COMMAND } from '../../src/slack/ids.ts';
import {
  anAccount,
  anIntegration,
  aRequest,
  aTask,
  aWaitingRequest,
  HOSTILE,
  NOW,
} from './builders.ts';
import { asText, openRoom, SEEN } from './room.ts';
import type { Room } from './room.ts';

let room: Room;

beforeEach(async () => {
  room = await openRoom();
});

afterEach(() => room.close());

function keep(change: Partial<Account> & { id: string }, health: HealthState = 'healthy'): void {
  const care = newCare(NOW);
  const account = anAccount({
    care: { ...care, health: { ...care.health, state: health } },
    ...change,
  });
  room.memory.accounts.set(account.id, account);
  const order = anIntegration({ owner: account.owner, secondOwner: account.secondOwner });
  room.memory.put(aRequest({ id: account.id, state: 'done', order }));
}

const idOf = (index: number) => `SA-0000${String(index).padStart(2, '0')}`;

function keepMany(count: number): void {
  for (let index = 0; index < count; index += 1) keep({ id: idOf(index) });
}

/** What a person's newest private answer says. */
async function answer(person: string, command: string, words: string): Promise<string> {
  const actor = room.slack.as(person);
  await actor.slashCommand(`${COMMAND} ${command}`);
  await room.told(person, words);
  return asText(actor.ephemerals().at(-1)?.blocks);
}

describe('list', () => {
  test('shows the owner’s accounts and open requests, with health in words', async () => {
    keep({ id: 'SA-000001', secondOwner: 'U0SECOND' }, 'broken');
    keep({ id: 'SA-000002', owner: 'U0ASKER' });
    room.memory.put(aRequest({ id: 'SA-000003' }));

    const text = await answer('U0OWNER', 'list', 'Your accounts in use');

    expect(text).toContain('SA-000001');
    expect(text).toContain(':x: Broken');
    expect(text).toContain('GitLab acme');
    expect(text).toContain('owner <@U0OWNER>');
    expect(text).toContain('https://wiki.example/pages/9|page');
    expect(text).not.toContain('SA-000002');
    expect(text).toContain('SA-000003');
    expect(await answer('U0SECOND', 'list', 'Your accounts in use')).toContain('SA-000001');
  });

  test('is turned page by page in the same message', async () => {
    keepMany(23);
    const owner = room.slack.as('U0OWNER');
    const shown = () => asText(owner.ephemerals().at(-1)?.blocks);

    await answer('U0OWNER', 'list', 'Your accounts in use');
    const first = shown();
    await owner.click('Next');
    await room.slack.waitFor(() => shown().includes(idOf(12)));
    await owner.click('Next');
    await room.slack.waitFor(() => shown().includes(idOf(0)));
    const last = shown();
    await owner.click('First page');
    await room.slack.waitFor(() => shown().includes(idOf(22)));

    expect(first).toContain(idOf(13));
    expect(first).not.toContain(idOf(12));
    expect(last).not.toContain('Next');
    expect(owner.ephemerals()).toHaveLength(1);
  });

  test.each([
    ['list all', 'All accounts in use', ['SA-000001', 'SA-000002', 'SA-000003']],
    ['list broken', 'All accounts in use, broken', ['SA-000001']],
    ['list health:broken mine', 'there are none', []],
    ['list connection:jira', 'connection Jira', ['SA-000002']],
    ['list kind:automation', 'All accounts in use, kind', ['SA-000003']],
    ['list closed', 'All accounts that are closed', ['SA-000004']],
    ['list owner:<@U0ASKER|asker>', 'Accounts in use, owner', ['SA-000002']],
    ['list connection:gitlub', 'Connections are: gitlab-acme, jira', []],
    ['list brokn', 'is no filter', []],
    ['list owner:@asker', 'is no filter', []],
    ['list connection:<!channel>', 'is no filter', []],
  ])('“%s” answers an admin “%s”', async (command, words, ids) => {
    keep({ id: 'SA-000001' }, 'broken');
    keep({ id: 'SA-000002', owner: 'U0ASKER', connection: 'jira' });
    keep({ id: 'SA-000003', kind: 'automation' });
    keep({ id: 'SA-000004', state: 'closed' });

    const text = await answer('U0ADMIN', command, words);

    const named = [...text.matchAll(/\*(SA-\d+)\*/g)].map(([, id]) => id);
    expect(named.toReversed()).toEqual(ids);
  });

  test.each(['list all', 'list owner:U0OWNER', 'list broken owner:<@U0OWNER>'])(
    '“%s” is for admins only',
    async (command) => {
      keep({ id: 'SA-000001' }, 'broken');

      const text = await answer('U0ASKER', command, 'Only the admins of this app see');

      expect(text).not.toContain('SA-000001');
    },
  );

  test('a search of somebody who is no admin stays with their own', async () => {
    keep({ id: 'SA-000001', owner: 'U0ASKER' }, 'broken');
    keep({ id: 'SA-000002' }, 'broken');

    const text = await answer('U0ASKER', 'list broken', 'Your accounts in use, broken');

    expect(text).toContain('SA-000001');
    expect(text).not.toContain('SA-000002');
  });

  test.each([
    ['U0GUEST', 'Guests cannot'],
    ['U0FOREIGN', 'another workspace'],
  ])('%s sees nothing', async (person, why) => {
    keep({ id: 'SA-000001', owner: person });

    const actor = room.slack.as(person);
    await actor.slashCommand(`${COMMAND} list`);
    await actor.slashCommand(`${COMMAND} show SA-000001`);
    await actor.slashCommand(`${COMMAND} audit SA-000001`);
    await room.told(person, why);

    expect(asText(actor.ephemerals())).not.toContain('SA-000001');
  });
});

describe('show', () => {
  test('tells everything about an account, and offers its owner what they may do', async () => {
    keep({ id: 'SA-000001' }, 'drifted');

    const text = await answer('U0OWNER', 'show sa-000001', 'SA-000001');

    for (const words of [
      'Connect Flow to the platform group',
      'Reporter in acme/platform',
      'Changed since it was last found right',
      'Next renewal',
      'The credential expires',
      'https://vault.example/ui/flow-sa-7k3f9q-token|Open the stored credential',
      'Check now',
      'Rotate now',
      'Hand over',
      'Close…',
      'What happened',
    ]) {
      expect(text).toContain(words);
    }
  });

  test('offers nothing to those who are not concerned', async () => {
    keep({ id: 'SA-000001' });

    const text = await answer('U0ASKER', 'show SA-000001', 'SA-000001');

    expect(text).toContain('Reporter in acme/platform');
    expect(text).not.toContain('"actions"');
  });

  test('offers no second operation while one is under way, and none of a closed account', async () => {
    keep({ id: 'SA-000001' });
    keep({ id: 'SA-000002', state: 'closed' });
    room.memory.put(
      aRequest({
        id: 'SA-000009',
        state: 'provisioning',
        operation: { kind: 'rotate', account: 'SA-000001', generation: 2, reason: '' },
      }),
    );

    const busy = await answer('U0OWNER', 'show SA-000001', 'SA-000009 is under way');
    const closed = await answer('U0OWNER', 'show SA-000002', 'SA-000002');

    expect(busy).not.toContain('Rotate now');
    expect(closed).toContain(':lock: Closed');
    expect(closed).not.toContain('Check now');
    expect(closed).toContain('What happened');
  });

  test('by “status” is the same, and a request without an account stays a request', async () => {
    keep({ id: 'SA-000001' });
    room.memory.put(aRequest({ id: 'SA-000002' }));

    expect(await answer('U0OWNER', 'status SA-000001', 'SA-000001')).toContain('Rotate now');
    expect(await answer('U0OWNER', 'show SA-000002', 'SA-000002: Waiting for approval')).toContain(
      'Requested by',
    );
    await answer('U0OWNER', 'show', 'Please add the id');
    expect(await answer('U0OWNER', 'show SA-999999', 'There is no request or account')).toContain(
      'list',
    );
  });

  test('other people’s words stay words', async () => {
    keep({ id: 'SA-000001', purpose: HOSTILE, login: HOSTILE, address: HOSTILE });

    const text = await answer('U0OWNER', 'show SA-000001', 'SA-000001');

    expect(text).not.toContain('<!channel>');
    expect(text).not.toContain('<@U0EVIL>');
    expect(text).not.toContain('<https://evil.example');
  });
});

describe('audit', () => {
  const entry = (seq: number, subject: string, details: Record<string, unknown> = {}) => ({
    action: 'approved' as const,
    actor: 'U0APPROVER',
    subject,
    details,
    seq,
    at: NOW,
    entry: '',
    previousHash: '',
    hash: '',
  });

  test('tells an account’s story with all requests about it, newest last', async () => {
    keep({ id: 'SA-000001' });
    room.memory.put(
      aRequest({
        id: 'SA-000009',
        state: 'done',
        operation: { kind: 'close', account: 'SA-000001', reason: 'moved' },
      }),
    );
    room.memory.entries.push(
      entry(1, 'SA-000001'),
      entry(2, 'SA-777777', { reason: 'of another account' }),
      entry(3, 'SA-000009', { reason: HOSTILE }),
    );

    const text = await answer('U0OWNER', 'audit SA-000001', 'What happened with SA-000001');

    expect(text.match(/approved/g)).toHaveLength(2);
    expect(text.indexOf('(SA-000009)')).toBeGreaterThan(text.indexOf('approved'));
    expect(text).not.toContain('another account');
    expect(text).not.toContain('<!channel>');
    expect(text).toContain('audit export --account SA-000001');
  });

  test('leaves what is too long to the export', async () => {
    keep({ id: 'SA-000001' });
    for (let seq = 1; seq <= 100; seq += 1) {
      room.memory.entries.push(entry(seq, 'SA-000001', { number: `no. ${seq}.` }));
    }

    const text = await answer('U0APPROVER', 'audit SA-000001', 'Older events are left out here');

    expect(text).toContain('no. 100.');
    expect(text).not.toContain('no. 1.');
  });

  test('is for owners, approvers and admins', async () => {
    keep({ id: 'SA-000001', secondOwner: 'U0SECOND' });
    room.memory.entries.push(entry(1, 'SA-000001'));

    for (const person of ['U0OWNER', 'U0SECOND', 'U0APPROVER', 'U0GROUPIE', 'U0ADMIN']) {
      expect(await answer(person, 'audit SA-000001', 'What happened with')).toContain('approved');
    }
    expect(await answer('U0ASKER', 'audit SA-000001', 'Only its owners')).not.toContain('approved');
    expect(await answer('U0ASKER', 'audit SA-999999', 'There is no account')).not.toContain(
      'approved',
    );
  });
});

describe('the Home tab', () => {
  const home = (person: string) => asText(room.slack.as(person).home()?.blocks);

  async function openHome(person: string): Promise<void> {
    await room.slack.as(person).openHome();
    await room.slack.waitFor(() => home(person) !== 'null');
  }

  test('shows the accounts somebody owns, their health and next dates', async () => {
    keep({ id: 'SA-000001' }, 'expiring');
    keep({ id: 'SA-000002', owner: 'U0ASKER' });

    await openHome('U0OWNER');

    expect(home('U0OWNER')).toContain('To be renewed soon');
    expect(home('U0OWNER')).toContain('Next dates');
    expect(home('U0OWNER')).not.toContain('SA-000002');
    expect(home('U0OWNER')).not.toContain('All accounts');
  });

  test('shows admins totals that open their lists, and an account in the same modal', async () => {
    keep({ id: 'SA-000001' }, 'broken');
    keep({ id: 'SA-000002' });
    const admin = room.slack.as('U0ADMIN');

    await openHome('U0ADMIN');
    expect(home('U0ADMIN')).toContain('2 in use, 0 closed');
    await admin.click('Broken: 1', { on: 'home' });
    await room.viewSays('U0ADMIN', 'All accounts in use, broken');
    expect(asText(admin.view()?.blocks)).not.toContain('SA-000002');
    await admin.click(ACTION.showAccount, { on: 'modal' });

    expect(await room.viewSays('U0ADMIN', 'Reporter in acme/platform')).toBe(SEEN);
  });

  test('is drawn again for those who look at it when something of theirs changes', async () => {
    room.memory.put(aRequest());
    await openHome('U0ASKER');
    await openHome('U0APPROVER');
    expect(home('U0ASKER')).toContain('Waiting for approval');
    const publishes = () => room.slack.apiCalls.filter(({ method }) => method === 'views.publish');
    const before = publishes().length;

    room.memory.put(aWaitingRequest(aTask()));
    await room.app.render('SA-7K3F9Q');
    await room.app.render('SA-7K3F9Q');

    expect(home('U0ASKER')).toContain('Waiting for <@U0ADMIN>');
    expect(publishes()).toHaveLength(before + 1);
  });

  test('is left alone for those who do not look', async () => {
    room.memory.put(aRequest());

    await room.app.render('SA-7K3F9Q');

    expect(room.slack.apiCalls.some(({ method }) => method === 'views.publish')).toBe(false);
  });
});
