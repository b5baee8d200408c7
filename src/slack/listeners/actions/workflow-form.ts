import { workflowKey } from '../../../records/records.ts';
import type { Tell } from '../../answering.ts';
import { answering, tellInView } from '../../answering.ts';
import { note } from '../../blocks.ts';
import type { RoomDeps } from '../../deps.ts';
import { purposeFrom } from '../../form-origin.ts';
import { explainRefusal, refuseToAsk } from '../../members.ts';
import type { Click } from '../../payloads.ts';
import { KINDS } from '../../../domain/request.ts';
import { say } from '../../text.ts';
import type { Markup } from '../../text.ts';
import { loadingView } from '../../views/notice-view.ts';
import { requestForm } from '../../views/request-form.ts';
import { refuseStep, WORKFLOW_GONE } from '../../workflow-step.ts';

/** Opens the form that a workflow waits for, filled with what the workflow knows. */
export async function openWorkflowForm(click: Click, deps: RoomDeps): Promise<void> {
  const opened = await deps.modals.open(click.trigger, loadingView());
  const tellThere = tellInView(opened.id, deps);
  await answering(deps, tellThere, () => draw(click, opened, deps, tellThere));
}

async function draw(
  { person, value: executionId }: Click,
  opened: { readonly id: string; readonly hash: string },
  deps: RoomDeps,
  tell: Tell,
): Promise<void> {
  const step = await deps.records.workflowSteps.find(executionId);
  const why = step === undefined ? WORKFLOW_GONE : refuseStep(step, person);
  if (step === undefined || why !== undefined) {
    await tell(note(why ?? WORKFLOW_GONE));
    return;
  }
  const refusal = await refusalFor(person, executionId, deps);
  if (refusal !== undefined) {
    await tell(note(refusal));
    return;
  }
  const kind = KINDS.find((id) => id === step.kind);
  const purpose = step.purpose === null ? undefined : purposeFrom(step.purpose);
  const origin = { purpose, workflow: executionId };
  const data = { catalogue: deps.catalogue, requester: person, similar: [], origin };
  await deps.modals.update(
    opened.id,
    opened.hash,
    requestForm(kind === undefined ? {} : { kind }, data),
  );
}

async function refusalFor(
  person: string,
  executionId: string,
  deps: RoomDeps,
): Promise<Markup | undefined> {
  const sent = await deps.records.findSubmitted(workflowKey(executionId));
  if (sent !== undefined) return say`You have sent this form already, as ${sent.id}.`;
  const refusal = await refuseToAsk(person, deps);
  return refusal === undefined ? undefined : explainRefusal(refusal, null, deps);
}
