import { hasCode } from '../domain/errors.ts';
import { accountIdOf } from '../domain/operation.ts';
import type { Request } from '../domain/request.ts';
import type { Message } from './blocks.ts';
import type { RoomDeps } from './deps.ts';
import type { Place } from './messenger.ts';
import { showMessage } from './post-once.ts';
import { slackWord } from './slack-errors.ts';
import { outcomeDirectMessage, ownerDirectMessage } from './views/direct-messages.ts';

/** Tells the requester each outcome, and the owners when the account is theirs. */
export async function renderDirectMessages(
  request: Request,
  card: Place | null,
  deps: RoomDeps,
): Promise<void> {
  const account = await deps.records.findAccount(accountIdOf(request));
  const url = card === null ? null : deps.messenger.url(card, null);
  const message = outcomeDirectMessage(request, account, deps.catalogue, url);
  if (message !== undefined) {
    await showDirect(request, outcomeKey(request), request.requester, message, true, deps);
  }
  if (request.state !== 'done' || account === undefined) return;
  for (const owner of new Set([account.owner, account.secondOwner])) {
    if (owner === null || owner === request.requester) continue;
    const words = ownerDirectMessage(request, account, owner);
    await showDirect(request, `dm:owner:${owner}`, owner, words, true, deps);
  }
}

function outcomeKey({ state, failure }: Request): string {
  if (state === 'failed') return `dm:failed:${failure?.at ?? ''}`;
  const started = state === 'approved' || state === 'provisioning' || state === 'waiting';
  return started ? 'dm:approved' : `dm:${state}`;
}

const UNREACHABLE = 'unreachable';
const PERSON = /^[UW][A-Z0-9]+$/u;

/** A direct message; somebody whom Slack does not let us write to holds nothing up. */
export async function showDirect(
  request: Pick<Request, 'id'>,
  key: string,
  person: string,
  message: Message,
  once: boolean,
  deps: RoomDeps,
): Promise<void> {
  if (!PERSON.test(person)) return;
  const found = await deps.records.messages.find(request.id, key);
  if (found?.shows === UNREACHABLE || (once && found !== undefined && found.ts !== null)) return;
  try {
    const channel = await deps.messenger.direct(person);
    await showMessage({ requestId: request.id, key, channel, thread: null, message, once }, deps);
  } catch (error) {
    const refused = slackWord(error);
    if (refused === undefined || hasCode(error, 'unauthenticated', 'unavailable')) throw error;
    deps.log.warn({ requestId: request.id, person, reason: refused }, 'A person cannot be told');
    await deps.records.messages.save({
      requestId: request.id,
      key,
      channel: person,
      ts: null,
      shows: UNREACHABLE,
      at: deps.clock.now().toISOString(),
    });
  }
}
