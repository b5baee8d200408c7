import { createHash } from 'node:crypto';

import type { Request } from '../domain/request.ts';
import type { Log } from '../lib/log.ts';
import type { PostedMessage } from '../records/records.ts';
import { note } from './blocks.ts';
import type { Message } from './blocks.ts';
import type { RoomDeps } from './deps.ts';
import type { Messenger, Place } from './messenger.ts';
import { pointerCard, requestCard } from './views/request-card.ts';

export const CARD = 'card';

/** The request's card, for listeners: somebody is waiting to see what their click did. */
export interface Card {
  /** Draws it in one Slack call. Quiet when that fails or must wait: the render job draws it. */
  showNow(request: Request, clicked: Place | null): Promise<void>;
  /** Where a browser shows it; null before it is posted. */
  url(requestId: string): Promise<string | null>;
}

export type CardDeps = Pick<RoomDeps, 'catalogue' | 'style' | 'records' | 'requests' | 'clock'> & {
  readonly messenger: Messenger;
  readonly log: Log;
};

export function createCard(deps: CardDeps): Card {
  async function draw(request: Request, clicked: Place | null): Promise<void> {
    const found = await deps.records.messages.find(request.id, CARD);
    const recorded = placeOf(found);
    const place = recorded ?? clicked;
    if (place === null) return;
    const card = await cardOf(request, deps);
    if (!(await deps.messenger.updateNow(place, card))) return;
    await deps.records.messages.save({
      requestId: request.id,
      key: CARD,
      ...place,
      shows: fingerprint(card),
      at: deps.clock.now().toISOString(),
    });
    // A crash can leave a second card behind; whoever clicks there is led to the right one.
    if (clicked !== null && clicked.ts !== place.ts) {
      const pointer = note(pointerCard(request, deps.messenger.url(place, null)));
      await deps.messenger.updateNow(clicked, pointer);
    }
  }

  return {
    async showNow(request, clicked) {
      try {
        await draw(request, clicked);
      } catch (error) {
        deps.log.warn({ requestId: request.id, err: error }, 'A card could not be drawn at once');
      }
    },
    async url(requestId) {
      const place = placeOf(await deps.records.messages.find(requestId, CARD));
      return place === null ? null : deps.messenger.url(place, null);
    },
  };
}

export async function cardOf(
  request: Request,
  deps: Pick<CardDeps, 'catalogue' | 'style' | 'requests'>,
): Promise<Message> {
  const { localPart, purpose } = request.order;
  const similar =
    request.state === 'pending' && request.operation.kind === 'create'
      ? await deps.requests.similar(localPart, purpose)
      : [];
  return requestCard(request, { catalogue: deps.catalogue, style: deps.style, similar });
}

export function placeOf(found: PostedMessage | undefined): Place | null {
  if (found === undefined || found.ts === null) return null;
  return { channel: found.channel, ts: found.ts };
}

/** Equal fingerprints: Slack shows it already. */
export function fingerprint(message: Message): string {
  return createHash('sha256').update(JSON.stringify(message)).digest('base64url').slice(0, 22);
}
