import type { Tell } from '../../answering.ts';
import { note } from '../../blocks.ts';
import { change } from '../../click.ts';
import type { RoomDeps } from '../../deps.ts';
import type { Click } from '../../payloads.ts';
import { say } from '../../text.ts';
import { cardOfClick } from './on-click.ts';

type Verb = 'cancel' | 'retry' | 'undo';

const SAID = {
  cancel: 'is cancelled. Nothing was made for it.',
  retry: 'is being tried again, from the step where it stopped.',
  undo: 'is stopped, and what was made for it is being undone.',
} as const satisfies Record<Verb, string>;

/** Cancel, try again, undo: one use case each, and a word to whoever clicked. */
export function changeBy(verb: Verb) {
  return async (click: Click, deps: RoomDeps, tell: Tell): Promise<void> => {
    const done = await change(
      {
        requestId: click.value,
        person: click.person,
        card: cardOfClick(click),
        act: (member) => deps.requests[verb](click.value, member),
      },
      deps,
      tell,
    );
    if (done !== undefined) await tell(note(say`${done.id} ${SAID[verb]}`));
  };
}
