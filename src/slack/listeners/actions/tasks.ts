import type { OpenTask } from '../../../domain/request.ts';
import type { Tell } from '../../answering.ts';
import { answering, tellInView } from '../../answering.ts';
import { note } from '../../blocks.ts';
import { change } from '../../click.ts';
import type { RoomDeps } from '../../deps.ts';
import { clicker, explainRefusal } from '../../members.ts';
import type { Click } from '../../payloads.ts';
import { openTasks } from '../../render-tasks.ts';
import { say } from '../../text.ts';
import { depositView } from '../../views/deposit-view.ts';
import { loadingView } from '../../views/notice-view.ts';
import { checkingNote, readTaskValue } from '../../views/task-message.ts';
import { taskView } from '../../views/task-view.ts';

/** “Done”: asks for what the task needs to know, or has the check run at once. */
export async function taskDone(click: Click, deps: RoomDeps, tell: Tell): Promise<void> {
  const { requestId, step } = readTaskValue(click.value);
  const task = await findTask(requestId, step, deps);
  if (task !== undefined && task.fields.length > 0) {
    const metadata = JSON.stringify({ request: requestId, step });
    await deps.modals.open(click.trigger, taskView(task, metadata));
    return;
  }
  const done = await change(
    {
      requestId,
      person: click.person,
      card: null,
      act: (member) => deps.requests.completeTask(requestId, step, member, {}),
    },
    deps,
    tell,
  );
  if (done !== undefined) await tell(checkingNote(done));
}

/** The link and its code go into a modal: seen by this person alone, and kept nowhere. */
export async function openDeposit(click: Click, deps: RoomDeps): Promise<void> {
  const { requestId, step } = readTaskValue(click.value);
  const opened = await deps.modals.open(click.trigger, loadingView());
  const tellThere = tellInView(opened.id, deps);
  await answering(deps, tellThere, async () => {
    const request = await deps.requests.find(requestId);
    const member = await clicker(click.person, request, deps);
    const answer = await deps.requests.openDeposit(requestId, step, member);
    if (answer.kind === 'refused') {
      const why = explainRefusal(answer.refusal, answer.request ?? request ?? null, deps);
      await tellThere(note(why));
      return;
    }
    const deposit = (await findTask(requestId, step, deps))?.deposit;
    if (deposit === undefined || deposit === null) {
      await tellThere(note(say`This task does not wait for a credential any more.`));
      return;
    }
    const view = depositView(deposit, answer.value, deps.catalogue.storeName);
    await deps.modals.update(opened.id, null, view);
  });
}

async function findTask(
  requestId: string,
  step: string,
  deps: RoomDeps,
): Promise<OpenTask | undefined> {
  const request = await deps.requests.find(requestId);
  if (request === undefined) return undefined;
  return openTasks(request).find((open) => open.step === step)?.task;
}
