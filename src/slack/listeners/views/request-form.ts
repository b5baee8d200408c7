import type { AllMiddlewareArgs, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';

import { toProductError } from '../../../domain/errors.ts';
import { workflowKey } from '../../../records/records.ts';
import type { Adopted } from '../../../requests/adopt.ts';
import type { Submitted } from '../../../requests/requests.ts';
import type { RoomDeps } from '../../deps.ts';
import { readOrigin } from '../../form-origin.ts';
import type { FormOrigin } from '../../form-origin.ts';
import { adoptionWish, blockErrors, readDraft, toOrder } from '../../form-state.ts';
import { FIELD } from '../../ids.ts';
import { clicker, explainRefusal } from '../../members.ts';
import { readFilled } from '../../payloads.ts';
import type { Filled } from '../../payloads.ts';
import { resolveScopes } from '../../scope-values.ts';
import { errorWords } from '../../sentences.ts';
import { clip } from '../../text.ts';
import type { Markup } from '../../text.ts';
import { noticeView, sentView } from '../../views/notice-view.ts';
import { requestForm } from '../../views/request-form.ts';
import { refuseStep, WORKFLOW_GONE } from '../../workflow-step.ts';
import { withinPatience } from './on-submit.ts';

type Args = SlackViewMiddlewareArgs<ViewSubmitAction> & AllMiddlewareArgs;

type FormAnswer =
  | { readonly response_action: 'errors'; readonly errors: Record<string, string> }
  | { readonly response_action: 'update'; readonly view: ModalView };

const SLOW =
  'This takes longer than usual. Please send it again in a moment; however often you do, it is one request.';

/** The only acknowledgement that waits: errors can be shown at their fields in no other way. */
export async function submitRequestForm({ ack, body }: Args, deps: RoomDeps): Promise<void> {
  const filled = readFilled(body);
  const work = answerTo(filled, deps).catch((error: unknown): FormAnswer => {
    deps.log.error({ err: error }, 'A request form could not be taken in');
    return onForm(errorWords(toProductError(error, 'Slack')), filled);
  });
  await ack((await withinPatience(work)) ?? onForm(SLOW, filled));
  await work;
}

async function answerTo(filled: Filled, deps: RoomDeps): Promise<FormAnswer> {
  const { person, view } = filled;
  const draft = readDraft(view.state);
  const origin = readOrigin(view.private_metadata);
  // Sent before the rest of the form was there.
  if ((origin.adopting === true ? draft.address : draft.localPart) === undefined) {
    const data = { catalogue: deps.catalogue, requester: person, similar: [], origin };
    return { response_action: 'update', view: requestForm(draft, data) };
  }
  const resolved = await resolveScopes(draft, deps.catalogue);
  if (origin.adopting === true) {
    const wish = adoptionWish(resolved, await clicker(person, undefined, deps), view);
    return say(await deps.requests.adopt(wish), filled, deps);
  }
  const order = toOrder(resolved);
  const by = clicker(person, undefined, deps);
  const tooLate = await refuseForWorkflow(person, origin, deps);
  if (tooLate !== undefined) {
    return { response_action: 'update', view: noticeView(tooLate) };
  }
  // A workflow's step has one request, however many forms were opened for it.
  const dedupeKey =
    origin.workflow === undefined ? (view.root_view_id ?? view.id) : workflowKey(origin.workflow);
  const submission = { by, dedupeKey, order, message: origin.message };
  return say(await deps.requests.submit(submission), filled, deps);
}

/** Undefined when the form belongs to no workflow, or to one that still waits for this person. */
async function refuseForWorkflow(
  person: string,
  { workflow }: FormOrigin,
  deps: RoomDeps,
): Promise<Markup | undefined> {
  if (workflow === undefined) return undefined;
  const step = await deps.records.workflowSteps.find(workflow);
  return step === undefined ? WORKFLOW_GONE : refuseStep(step, person);
}

async function say(
  outcome: Submitted | Adopted,
  filled: Filled,
  deps: RoomDeps,
): Promise<FormAnswer> {
  switch (outcome.kind) {
    case 'invalid':
      return { response_action: 'errors', errors: blockErrors(outcome.errors, filled.view.state) };
    case 'refused': {
      const view = noticeView(explainRefusal(outcome.refusal, null, deps));
      return { response_action: 'update', view };
    }
    case 'created': {
      const { id, policy } = outcome.request;
      const view = sentView(id, deps.settings.channel(), policy.autoApproved);
      return { response_action: 'update', view };
    }
    default:
      return outcome satisfies never;
  }
}

/** What belongs to no field goes to the first one, so that nothing typed is lost. */
function onForm(sentence: string, { view }: Filled): FormAnswer {
  const block = Object.keys(view.state.values)[0] ?? FIELD.kind;
  return { response_action: 'errors', errors: { [block]: clip(sentence, 300) } };
}
