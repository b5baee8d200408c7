import type { Account } from '../domain/account.ts';
import type { Member, Refusal } from '../domain/approval.ts';
import type { RoomDeps } from './deps.ts';
import { refusalSentence } from './sentences.ts';
import { group, join, person, say, words } from './text.ts';
import type { Markup } from './text.ts';

/** Who clicked, fresh from Slack, with the groups that may approve what concerns this account. */
export async function accountMember(
  id: string,
  accountId: string,
  deps: RoomDeps,
): Promise<Member> {
  const account = await deps.accounts.find(accountId);
  const groups = account === undefined ? [] : deps.accounts.groupsOf(account);
  return (await deps.directory.member(id, groups)) ?? stranger(id);
}

/** Somebody Slack does not show us. */
function stranger(id: string): Member {
  return { id, teamId: '', deleted: false, bot: false, guest: false, groups: [] };
}

export function explainAccountRefusal(refusal: Refusal, account: Account, deps: RoomDeps): Markup {
  const { users, groups } = deps.accounts.approversOf(account);
  const approvers = [...users.map(person), ...groups.map(group)].slice(0, 10);
  if (refusal === 'not-an-owner') {
    return say`Only the owners of ${words(account.address, 200)} and the approvers can do that: ${join([person(account.owner), ...approvers], ', ')}.`;
  }
  if (refusal === 'not-the-assignee') {
    return say`Somebody else was asked to take over ${words(account.address, 200)}.`;
  }
  if (refusal === 'too-late') {
    return say`That has been answered already. ${words(account.address, 200)} is owned by ${person(account.owner)}.`;
  }
  return refusalSentence(refusal, null);
}
