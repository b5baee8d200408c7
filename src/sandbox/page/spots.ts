import { CHANNEL } from '../people.ts';
import type { Stage } from './stage.ts';
import type { Spot } from './wire.ts';

/** The thread of a request, once its card is there. */
export function cardSpot({ sandbox }: Stage, requestId: string): Spot | null {
  const card = sandbox.slack
    .messages(CHANNEL.id)
    .find(({ blocks, text }) => JSON.stringify([text, blocks]).includes(requestId));
  return card === undefined ? null : { to: 'channel', channel: CHANNEL.id, thread: card.ts };
}
