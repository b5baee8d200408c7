import type { AllMiddlewareArgs, BlockAction, SlackActionMiddlewareArgs } from '@slack/bolt';

import { answering, tellBy } from '../../answering.ts';
import type { Tell } from '../../answering.ts';
import type { RoomDeps } from '../../deps.ts';
import type { Place } from '../../messenger.ts';
import { readClick } from '../../payloads.ts';
import type { Click } from '../../payloads.ts';
import { tellInPanel } from '../../surface.ts';

/** `turn` shows something instead of what was clicked, where that is possible. */
export type OnClick = (click: Click, deps: RoomDeps, tell: Tell, turn: Tell) => Promise<void>;

type Args = SlackActionMiddlewareArgs<BlockAction> & AllMiddlewareArgs;

/** Acknowledges at once, reads the click, and sees to it that the person gets an answer. */
export function onClick(handle: OnClick, deps: RoomDeps): (args: Args) => Promise<void> {
  return async ({ ack, body, respond }) => {
    await ack();
    await deps.giveWay.toOthers();
    const click = readClick(body);
    // Clicks on the Home tab and in modals have no return address.
    const { person, thread, view } = click;
    const answer = click.place === null && view !== null ? undefined : respond;
    const inView = view?.type === 'modal' ? tellInPanel(view.id, deps) : undefined;
    const tell = inView ?? tellBy(answer, person, thread, deps);
    const turn = inView ?? tellBy(answer, person, thread, deps, true);
    await answering(deps, tell, () => handle(click, deps, tell, turn));
  };
}

/** The card that was clicked: the thread's first message. Replies are no cards. */
export function cardOfClick(click: Click): Place | null {
  return click.thread === null ? click.place : null;
}
