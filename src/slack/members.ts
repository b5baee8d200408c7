import { refuseMember } from '../domain/approval.ts';
import type { Member, Refusal } from '../domain/approval.ts';
import type { Request } from '../domain/request.ts';
import { words } from './text.ts';
import type { Markup } from './text.ts';
import { refusalSentence } from './sentences.ts';
import type { RoomDeps } from './deps.ts';
import { say } from './text.ts';

/** Who clicked, fresh from Slack, with the groups that matter for this request. */
export async function clicker(
  person: string,
  request: Request | undefined,
  deps: RoomDeps,
): Promise<Member> {
  return (await deps.directory.member(person, groupsFor(request, deps))) ?? stranger(person);
}

/** Who wants to see or change the settings, fresh from Slack. */
export async function adminOf(person: string, deps: RoomDeps): Promise<Member> {
  const { groups } = deps.settings.file.admins;
  return (await deps.directory.member(person, groups)) ?? stranger(person);
}

/** May this person ask for an account, or see what there is? Drawn from a recent look-up. */
export async function refuseToAsk(person: string, deps: RoomDeps): Promise<Refusal | undefined> {
  const { groups } = deps.requests;
  const member = (await deps.directory.recent(person, groups)) ?? stranger(person);
  return refuseMember(member, deps.directory.teamId) ?? deps.requests.refuseRequester(member);
}

/** Somebody who looks at accounts, as a recent look-up knows them; the refusal for no member. */
export async function viewer(
  person: string,
  deps: RoomDeps,
): Promise<{ readonly member: Member } | { readonly refusal: Refusal }> {
  const member = (await deps.directory.recent(person, deps.inventory.groups)) ?? stranger(person);
  const refusal = refuseMember(member, deps.directory.teamId);
  return refusal === undefined ? { member } : { refusal };
}

/** The refusal, and what Slack would not tell us if that may be the reason. */
export function explainRefusal(refusal: Refusal, request: Request | null, deps: RoomDeps): Markup {
  const sentence = refusalSentence(refusal, request);
  if (refusal !== 'not-an-approver' && refusal !== 'not-a-requester') return sentence;
  const troubles = deps.directory.troubles(groupsFor(request ?? undefined, deps));
  return troubles.length === 0 ? sentence : say`${sentence} ${words(troubles.join(' '), 400)}`;
}

/** A request keeps the groups of its own rule, whatever the configuration names today. */
function groupsFor(request: Request | undefined, deps: RoomDeps): readonly string[] {
  if (request === undefined) return deps.requests.groups;
  const { approvers, escalateTo } = request.policy;
  // Slack answers few such questions a minute: none is asked that cannot matter yet.
  if (!request.escalated) return approvers.groups;
  return [...new Set([...approvers.groups, ...escalateTo.groups])];
}

/** Somebody Slack does not show us: no member of this workspace, whatever else they are. */
function stranger(id: string): Member {
  return { id, teamId: '', deleted: false, bot: false, guest: false, groups: [] };
}
