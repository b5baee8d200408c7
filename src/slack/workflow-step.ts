import type { Request } from '../domain/request.ts';
import { FINAL_STATES } from '../domain/request.ts';
import type { WorkflowStep } from '../records/records.ts';
import type { RoomDeps } from './deps.ts';
import { explainRefusal, refuseToAsk } from './members.ts';
import { COMMAND } from './ids.ts';
import { slackWord } from './slack-errors.ts';
import { person as personWords, say } from './text.ts';
import type { Markup } from './text.ts';
import { failedSentence, invitation, outputsOf } from './views/workflow-messages.ts';

const A_WEEK_MS = 7 * 86_400_000;
const BATCH = 50;

/** What a workflow says when its step begins. */
export interface StepInputs {
  readonly executionId: string;
  readonly person: string;
  readonly kind: string | null;
  readonly purpose: string | null;
}

/** Keeps the step, so that neither a crash nor Slack's repeating itself can lose or double it. */
export async function keepStep(inputs: StepInputs, deps: RoomDeps): Promise<WorkflowStep> {
  const now = deps.clock.now();
  const step: WorkflowStep = {
    ...inputs,
    offered: false,
    outcome: null,
    createdAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + A_WEEK_MS).toISOString(),
  };
  await deps.records.workflowSteps.open(step);
  return step;
}

/**
 * Asks the person for the form. The workflow only names somebody, which proves nothing: that it is
 * them, and that they may ask, shows when they click and send the form themselves.
 */
export async function offerStep(executionId: string, deps: RoomDeps): Promise<void> {
  await alone(executionId, deps, async (step) => {
    if (step.offered) return;
    const refusal = await refuseToAsk(step.person, deps);
    if (refusal !== undefined) {
      await end(step, explainRefusal(refusal, null, deps).mrkdwn, deps);
      return;
    }
    try {
      await deps.messenger.whisper(step.person, null, invitation(step));
    } catch (error) {
      if (slackWord(error) === undefined) throw error;
      await end(step, 'Slack does not let the app write to the person who is to ask.', deps);
      return;
    }
    await deps.records.workflowSteps.offered(step.executionId);
  });
}

/** For the sweep: asks whom a crash kept us from asking, and ends what nobody filled in. */
export async function tendSteps(deps: RoomDeps): Promise<void> {
  const now = deps.clock.now().toISOString();
  for (const { executionId, expiresAt } of await deps.records.workflowSteps.neglected(now, BATCH)) {
    try {
      if (expiresAt > now) await offerStep(executionId, deps);
      else {
        await alone(executionId, deps, (step) =>
          end(step, 'The form was not sent within a week, so nothing was requested.', deps),
        );
      }
    } catch (error) {
      deps.log.warn({ executionId, err: error }, 'A workflow’s step could not be tended');
    }
  }
}

export const WORKFLOW_GONE = say`This workflow is not known here any more.`;

/** Why this person cannot send the form for this step; undefined when they can. */
export function refuseStep(step: WorkflowStep, person: string): Markup | undefined {
  if (step.person !== person) {
    return say`The workflow asks ${personWords(step.person)} for this form, so only they can send it.`;
  }
  if (step.outcome === null) return undefined;
  return say`The workflow does not wait for this form any more. “${COMMAND}” opens a form of your own.`;
}

/** Tells the workflow how its request ended, once. A request that failed may still be mended. */
export async function endStepOf(request: Request, deps: RoomDeps): Promise<void> {
  if (!FINAL_STATES.includes(request.state)) return;
  const step = await deps.records.workflowSteps.ofRequest(request.id);
  if (step === undefined || step.outcome !== null) return;
  const account = await deps.records.findAccount(request.id);
  if (request.state !== 'done' || account === undefined) {
    await end(step, failedSentence(request), deps);
    return;
  }
  await deps.workflows.succeed(step.executionId, outputsOf(request, account));
  await deps.records.workflowSteps.ended(step.executionId, 'success');
}

async function end(step: WorkflowStep, sentence: string, deps: RoomDeps): Promise<void> {
  await deps.workflows.fail(step.executionId, sentence);
  await deps.records.workflowSteps.ended(step.executionId, 'error');
}

async function alone(
  executionId: string,
  deps: RoomDeps,
  work: (step: WorkflowStep) => Promise<void>,
): Promise<void> {
  await deps.records.exclusively(`workflow ${executionId}`, async () => {
    const step = await deps.records.workflowSteps.find(executionId);
    if (step !== undefined && step.outcome === null) await work(step);
  });
}
