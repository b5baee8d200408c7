import { KINDS } from '../domain/request.ts';
import type { Tell } from './answering.ts';
import { answering, tellInView } from './answering.ts';
import { note } from './blocks.ts';
import type { RoomDeps } from './deps.ts';
import type { FormOrigin } from './form-origin.ts';
import { explainRefusal, refuseToAsk } from './members.ts';
import { COMMAND } from './ids.ts';
import { say } from './text.ts';
import { loadingView } from './views/notice-view.ts';
import { requestForm } from './views/request-form.ts';

export interface FormWish {
  readonly person: string;
  readonly trigger: string;
  /** Skips the first question. */
  readonly kind?: string | undefined;
  readonly origin?: FormOrigin | undefined;
}

const NO_CHANNEL = say`Nobody has chosen yet where requests are decided. Please ask an admin of this app to do that with “${COMMAND} settings”.`;

/**
 * Opens the form in one Slack call; who is asking is looked up afterwards. Until then it shows
 * nothing but the question what the account is for.
 */
export async function openForm(wish: FormWish, deps: RoomDeps, tell: Tell): Promise<void> {
  await answering(deps, tell, async () => {
    const { catalogue } = deps;
    const { origin } = wish;
    const data = { catalogue, requester: wish.person, similar: [], origin };
    const kind = KINDS.find((id) => id === wish.kind);
    const first = kind === undefined ? requestForm({}, data) : loadingView();
    const opened = await deps.modals.open(wish.trigger, first);
    const tellThere = tellInView(opened.id, deps);
    await answering(deps, tellThere, async () => {
      const refusal = await refuseToAsk(wish.person, deps);
      if (refusal !== undefined) await tellThere(note(explainRefusal(refusal, null, deps)));
      else if (deps.settings.channel() === null) await tellThere(note(NO_CHANNEL));
      else if (kind !== undefined) {
        await deps.modals.update(opened.id, opened.hash, requestForm({ kind }, data));
      }
    });
  });
}
