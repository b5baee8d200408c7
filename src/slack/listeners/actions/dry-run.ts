import type { AllMiddlewareArgs, BlockAction, SlackActionMiddlewareArgs } from '@slack/bolt';

import type { DryRunWish } from '../../../requests/dry-run.ts';
import { answering } from '../../answering.ts';
import type { RoomDeps } from '../../deps.ts';
import { adoptionWish, readDraft, toOrder } from '../../form-state.ts';
import { readOrigin } from '../../form-origin.ts';
import { clicker } from '../../members.ts';
import { readClick, readFilled } from '../../payloads.ts';
import { resolveScopes } from '../../scope-values.ts';
import { tellInPanel } from '../../surface.ts';
import { answerDryRun } from '../../try-without-changes.ts';
import { loadingView } from '../../views/notice-view.ts';

type Args = SlackActionMiddlewareArgs<BlockAction> & AllMiddlewareArgs;

/** Shows the plan of what is filled in, on top of the form, which stays as it is. */
export async function tryForm({ ack, body }: Args, deps: RoomDeps): Promise<void> {
  await ack();
  const { trigger } = readClick(body);
  const { person, view } = readFilled(body);
  // What opens a modal is good for three seconds, so nothing is looked up before.
  const { id } = await deps.modals.push(trigger, loadingView());
  const tell = tellInPanel(id, deps);
  await answering(deps, tell, async () => {
    const draft = await resolveScopes(readDraft(view.state), deps.catalogue);
    const by = await clicker(person, undefined, deps);
    const isAdoption = readOrigin(view.private_metadata).adopting === true;
    const wish: DryRunWish = isAdoption
      ? { kind: 'adopt', ...adoptionWish(draft, by, view) }
      : { kind: 'create', by, order: toOrder(draft) };
    await answerDryRun(wish, deps, tell);
  });
}
