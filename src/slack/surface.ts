import { answering } from './answering.ts';
import type { Tell } from './answering.ts';
import type { RoomDeps } from './deps.ts';
import type { Click } from './payloads.ts';
import { loadingView } from './views/notice-view.ts';
import { panelView } from './views/panel-view.ts';

/** Answers in a modal that is open, buttons and all. */
export function tellInPanel(viewId: string, deps: Pick<RoomDeps, 'modals'>): Tell {
  return async (message) => {
    await deps.modals.update(viewId, null, panelView(message));
  };
}

/** Opens a modal for the answer when the click was on the Home tab, where nothing can be told. */
export async function answerWhereClicked(
  { view, trigger }: Click,
  deps: RoomDeps,
  tell: Tell,
  work: (tell: Tell) => Promise<void>,
): Promise<void> {
  if (view?.type !== 'home') {
    await work(tell);
    return;
  }
  // What opens a modal is good for three seconds, so nothing is looked up before.
  const { id } = await deps.modals.open(trigger, loadingView());
  const tellThere = tellInPanel(id, deps);
  await answering(deps, tellThere, () => work(tellThere));
}
