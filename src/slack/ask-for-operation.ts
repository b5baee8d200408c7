import type { Tell } from './answering.ts';
import { note } from './blocks.ts';
import type { RoomDeps } from './deps.ts';
import { clicker, explainRefusal } from './members.ts';
import { join, link, say } from './text.ts';

export interface OperationAsked {
  readonly account: string;
  readonly kind: 'rotate' | 'close';
  readonly reason: string;
  readonly person: string;
  /** What makes this asking one and the same when Slack delivers it twice. */
  readonly trigger: string;
}

/** Records the request for an operation on an account, and says what comes next. */
export async function askForOperation(
  { account, kind, reason, person, trigger }: OperationAsked,
  deps: RoomDeps,
  tell: Tell,
): Promise<void> {
  const by = await clicker(person, undefined, deps);
  const wish = { account, kind, by, reason, dedupeKey: `${kind} ${trigger}` };
  const answer = await deps.requests.operate(wish);
  if (answer.kind === 'refused') {
    await tell(note(explainRefusal(answer.refusal, answer.request, deps)));
    return;
  }
  const { id, state } = answer.value;
  const url = await deps.card.url(id);
  const next = state === 'pending' ? say`The approvers are asked.` : say`It begins now.`;
  const text = say`${id} is recorded. ${next} Its card is in the approvals channel.`;
  await tell(note(url === null ? text : join([text, link(url, 'Open its card')])));
}
