import { complaintAbout } from './choices.ts';
import type { Courier, Delivery } from './courier.ts';
import { fieldsOf, findField } from './fields.ts';
import { isJson, wordsOf } from './json.ts';
import type { Json } from './json.ts';
import { pushModal, replaceView, setStack, updateView } from './modals.ts';
import { submissionPayload } from './payloads.ts';
import { SlackRefusal } from './slack-refusal.ts';
import type { Person, StoredView, World } from './world.ts';

export type Submission =
  | { readonly outcome: 'closed' | 'updated' | 'pushed' }
  /** By Slack before sending, or by the app; keyed by block id. */
  | {
      readonly outcome: 'errors';
      readonly by: 'slack' | 'app';
      readonly errors: Readonly<Record<string, string>>;
    }
  /** "We had some trouble connecting": no answer in time, or one Slack does not understand. */
  | { readonly outcome: 'failed'; readonly delivery: Delivery };

/** What the submit button does: Slack's own checks, then the app's answer. */
export async function submitView(
  world: World,
  courier: Courier,
  person: Person,
  view: StoredView | undefined,
): Promise<Submission> {
  if (view === undefined) throw new Error(`${person.name} has no modal open.`);
  if (view.view['submit'] === undefined) throw new Error('This modal has no submit button.');
  const complaints = complaintsAbout(view);
  const shown = replaceView(world, view, { errors: complaints });
  if (Object.keys(complaints).length > 0) {
    return { outcome: 'errors', by: 'slack', errors: complaints };
  }
  const payload = submissionPayload(world, person, shown);
  return takeAnswer(world, shown, await courier.deliver('view_submission', payload));
}

function complaintsAbout(view: StoredView): Readonly<Record<string, string>> {
  const complaints = fieldsOf(view.blocks).flatMap((field): [string, string][] => {
    const value = view.values[field.blockId]?.[field.actionId];
    const complaint = complaintAbout(field, value);
    return complaint === undefined ? [] : [[field.blockId, complaint]];
  });
  return Object.fromEntries(complaints);
}

/** Applies the app's answer to a submission to the person's stack of modals. */
function takeAnswer(world: World, submitted: StoredView, delivery: Delivery): Submission {
  const failed: Submission = { outcome: 'failed', delivery };
  if (delivery.error !== null) return failed;
  const answer = isJson(delivery.body) ? delivery.body : {};
  try {
    return obey(world, submitted, answer);
  } catch (error) {
    if (!(error instanceof SlackRefusal)) throw error;
    world.unexpected.push(
      `answer to a submission: ${error.message} ${JSON.stringify(error.details)}`,
    );
    return failed;
  }
}

function obey(world: World, submitted: StoredView, answer: Json): Submission {
  const stack = world.modals.get(submitted.userId) ?? [];
  switch (answer['response_action']) {
    case undefined:
      setStack(
        world,
        submitted.userId,
        stack.filter((one) => one.id !== submitted.id),
      );
      return { outcome: 'closed' };
    case 'clear':
      setStack(world, submitted.userId, []);
      return { outcome: 'closed' };
    case 'update':
      updateView(world, { id: submitted.id }, answer['view']);
      return { outcome: 'updated' };
    case 'push':
      pushModal(world, submitted.userId, answer['view']);
      return { outcome: 'pushed' };
    case 'errors':
      return showErrors(world, submitted, isJson(answer['errors']) ? answer['errors'] : {});
    default:
      throw new SlackRefusal('invalid_response_action');
  }
}

function showErrors(world: World, submitted: StoredView, given: Json): Submission {
  const errors = Object.fromEntries(
    Object.entries(given).map(([blockId, text]) => [blockId, wordsOf(text)]),
  );
  const strangers = Object.keys(errors).filter((blockId) => {
    const field = findField(submitted.blocks, blockId);
    return field?.isInput !== true || field.blockId !== blockId;
  });
  if (strangers.length > 0 || Object.keys(errors).length === 0) {
    throw new SlackRefusal('invalid_errors', { not_input_blocks: strangers });
  }
  const current = (world.modals.get(submitted.userId) ?? []).find((one) => one.id === submitted.id);
  replaceView(world, current ?? submitted, { errors });
  return { outcome: 'errors', by: 'app', errors };
}
