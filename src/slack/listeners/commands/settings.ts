import { answering, tellInView } from '../../answering.ts';
import { note } from '../../blocks.ts';
import type { RoomDeps } from '../../deps.ts';
import { adminOf, explainRefusal } from '../../members.ts';
import { loadingView } from '../../views/notice-view.ts';
import { settingsView } from '../../views/settings-view.ts';
import type { Asked } from './asked.ts';

/** Opens the settings in one Slack call, and only then looks up who asks for them. */
export async function openSettings({ person, trigger }: Asked, deps: RoomDeps): Promise<void> {
  const opened = await deps.modals.open(trigger, loadingView());
  const tellThere = tellInView(opened.id, deps);
  await answering(deps, tellThere, async () => {
    const refusal = await deps.settings.refuse(await adminOf(person, deps));
    if (refusal !== undefined) {
      await tellThere(note(explainRefusal(refusal, null, deps)));
      return;
    }
    const [groups] = await Promise.all([deps.userGroups(), deps.settings.refresh()]);
    await deps.modals.update(opened.id, opened.hash, settingsView(deps.settings, groups));
  });
}
