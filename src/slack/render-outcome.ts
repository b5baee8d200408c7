import { accountIdOf } from '../domain/operation.ts';
import type { Request } from '../domain/request.ts';
import type { Message } from './blocks.ts';
import { fingerprint, placeOf } from './card.ts';
import type { RoomDeps } from './deps.ts';
import type { Place } from './messenger.ts';
import { showMessage } from './post-once.ts';
import { slackWord } from './slack-errors.ts';
import {
  confirmationMessage,
  failureMessage,
  pastFailureMessage,
} from './views/outcome-messages.ts';

const FAILED = 'failed:';

/** The failure with its ways on, or the confirmation; a failure that is behind us loses its buttons. */
export async function renderOutcome(request: Request, card: Place, deps: RoomDeps): Promise<void> {
  const { failure } = request;
  const current = request.state === 'failed' && failure !== null ? `${FAILED}${failure.at}` : null;
  await closePastFailures(request, current, deps);
  if (failure !== null && current !== null) {
    await reply(request, card, current, failureMessage(request, failure, deps.catalogue), deps);
  }
  if (request.state !== 'done') return;
  const account = await deps.records.findAccount(accountIdOf(request));
  if (account === undefined) return;
  await reply(request, card, 'done', confirmationMessage(request, account, deps.catalogue), deps);
}

async function reply(
  request: Request,
  card: Place,
  key: string,
  message: Message,
  deps: RoomDeps,
): Promise<void> {
  const wanted = { requestId: request.id, key, channel: card.channel, thread: card.ts };
  await showMessage({ ...wanted, message, once: true }, deps);
}

async function closePastFailures(
  request: Request,
  current: string | null,
  deps: RoomDeps,
): Promise<void> {
  const message = pastFailureMessage();
  const shows = fingerprint(message);
  for (const posted of await deps.records.messages.list(request.id)) {
    const place = placeOf(posted);
    const isPast = posted.key.startsWith(FAILED) && posted.key !== current;
    if (!isPast || place === null || posted.shows === shows) continue;
    try {
      await deps.messenger.update(place, message);
    } catch (error) {
      // Gone, or no longer to be edited: its buttons answer “too late” by themselves.
      if (slackWord(error) === undefined) throw error;
    }
    await deps.records.messages.save({ ...posted, shows });
  }
}
