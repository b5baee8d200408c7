import { hasCode } from '../domain/errors.ts';
import type { PostedMessage } from '../records/records.ts';
import type { Message } from './blocks.ts';
import { fingerprint, placeOf } from './card.ts';
import type { RoomDeps } from './deps.ts';
import type { Place } from './messenger.ts';
import { slackWord } from './slack-errors.ts';

/** A message that a request is to have in Slack. */
export interface Wanted {
  readonly requestId: string;
  /** Unique within the request; see `PostedMessage`. */
  readonly key: string;
  readonly channel: string;
  readonly thread: string | null;
  readonly message: Message;
  /** Said once and never changed afterwards. */
  readonly once: boolean;
}

export type PostDeps = Pick<RoomDeps, 'messenger' | 'records' | 'clock'>;

const POSTING = 'posting';
const NOT_POSTED = 'not posted';

// Slack will never change that message again, so the words go into a new one.
const GONE: readonly (string | undefined)[] = [
  'message_not_found',
  'edit_window_closed',
  'cant_update_message',
];

/**
 * Makes Slack show the message: posts it, or edits what was posted under its key. The intent is
 * kept before posting, so that after a crash the message is looked for before it is posted again.
 */
export async function showMessage(wanted: Wanted, deps: PostDeps): Promise<Place> {
  const found = await deps.records.messages.find(wanted.requestId, wanted.key);
  const place = placeOf(found) ?? (await findLost(wanted, found, deps));
  if (place === null) return post(wanted, deps);
  const shows = fingerprint(wanted.message);
  if (found?.ts === place.ts && (wanted.once || found.shows === shows)) return place;
  try {
    await deps.messenger.update(place, wanted.message);
  } catch (error) {
    if (GONE.includes(slackWord(error))) return post(wanted, deps);
    throw error;
  }
  await save(wanted, deps, place.ts, shows, place.channel);
  return place;
}

async function post(wanted: Wanted, deps: PostDeps): Promise<Place> {
  const { channel, thread, message, requestId, key } = wanted;
  await save(wanted, deps, null, POSTING, channel);
  try {
    const place = await deps.messenger.post(channel, thread, message, { request: requestId, key });
    await save(wanted, deps, place.ts, fingerprint(message), place.channel);
    return place;
  } catch (error) {
    if (slackWord(error) !== undefined || hasCode(error, 'rate-limited')) {
      await save(wanted, deps, null, NOT_POSTED, channel);
    }
    throw error;
  }
}

/** A message whose intent is known but not its fate, if Slack lets us look. */
async function findLost(
  wanted: Wanted,
  found: PostedMessage | undefined,
  deps: PostDeps,
): Promise<Place | null> {
  if (found === undefined || found.ts !== null || found.shows === NOT_POSTED) return null;
  const { channel, thread, requestId, key } = wanted;
  try {
    const ts = await deps.messenger.find(channel, thread, { request: requestId, key }, found.at);
    return ts === undefined ? null : { channel, ts };
  } catch (error) {
    // Reading history is a permission we do not ask for; without it a second message is possible.
    if (hasCode(error, 'missing-permission')) return null;
    throw error;
  }
}

function save(wanted: Wanted, deps: PostDeps, ts: string | null, shows: string, channel: string) {
  const at = deps.clock.now().toISOString();
  const { requestId, key } = wanted;
  return deps.records.messages.save({ requestId, key, channel, ts, shows, at });
}
