import type { Member } from '../domain/approval.ts';
import type { Request } from '../domain/request.ts';
import type { Answer } from '../requests/requests.ts';
import type { Tell } from './answering.ts';
import { note } from './blocks.ts';
import type { RoomDeps } from './deps.ts';
import { clicker, explainRefusal } from './members.ts';
import type { Place } from './messenger.ts';
import { say } from './text.ts';

export interface Change {
  readonly requestId: string;
  readonly person: string;
  /** The card that was clicked; null when it was something else. */
  readonly card: Place | null;
  act(member: Member, request: Request): Promise<Answer<Request>>;
}

/**
 * One change of a request by one person: who they are is asked of Slack now, the use case decides,
 * the card is drawn before anything else, and a refusal is said to that person alone.
 */
export async function change(
  wish: Change,
  deps: RoomDeps,
  tell: Tell,
): Promise<Request | undefined> {
  const request = await deps.requests.find(wish.requestId);
  if (request === undefined) {
    await tell(note(say`There is no request ${wish.requestId}. “list” shows yours.`));
    return undefined;
  }
  const member = await clicker(wish.person, request, deps);
  const answer = await wish.act(member, request);
  if (answer.kind === 'refused') {
    await tell(note(explainRefusal(answer.refusal, answer.request ?? request, deps)));
    // What was clicked may look as if it were still open.
    if (wish.card !== null && isLate(answer.refusal)) {
      await deps.card.showNow(answer.request ?? request, wish.card);
    }
    return undefined;
  }
  await deps.card.showNow(answer.value, wish.card);
  return answer.value;
}

function isLate(refusal: string): boolean {
  return refusal === 'already-decided' || refusal === 'expired' || refusal === 'too-late';
}
