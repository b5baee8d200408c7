import type { AllMiddlewareArgs, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';

import { fieldsWithSecrets, TYPED_SECRET } from '../../../requests/typed-secret.ts';
import { answering } from '../../answering.ts';
import type { Tell } from '../../answering.ts';
import { change } from '../../click.ts';
import type { RoomDeps } from '../../deps.ts';
import type { ViewState } from '../../form-state.ts';
import { readFilled, taskSchema } from '../../payloads.ts';
import { checkingNote } from '../../views/task-message.ts';

type Args = SlackViewMiddlewareArgs<ViewSubmitAction> & AllMiddlewareArgs;

/** What a person says about a task they did; whether it is so, the check finds out. */
export async function submitTaskAnswers({ ack, body }: Args, deps: RoomDeps): Promise<void> {
  const { person, view } = readFilled(body);
  const errors = secretsIn(view.state);
  if (Object.keys(errors).length > 0) {
    await ack({ response_action: 'errors', errors });
    return;
  }
  await ack();
  const { request, step } = taskSchema.parse(JSON.parse(view.private_metadata));
  const answers = Object.fromEntries(
    Object.values(view.state.values)
      .flatMap((actions) => Object.entries(actions))
      .map(([field, { value }]) => [field, value?.trim() ?? '']),
  );
  const place = await threadOf(request, deps);
  const tell: Tell = (message) => deps.messenger.whisper(person, place, message);
  await answering(deps, tell, async () => {
    const done = await change(
      {
        requestId: request,
        person,
        card: null,
        act: (member) => deps.requests.completeTask(request, step, member, answers),
      },
      deps,
      tell,
    );
    if (done !== undefined) await tell(checkingNote(done));
  });
}

/** Block by block, as Slack wants it. */
function secretsIn({ values }: ViewState): Record<string, string> {
  const typed = Object.entries(values).map(([block, actions]) => {
    const texts = Object.values(actions).map(({ value }) => value ?? '');
    return [block, texts.join(' ')] as const;
  });
  const found = fieldsWithSecrets(Object.fromEntries(typed));
  return Object.fromEntries(found.map((block) => [block, TYPED_SECRET]));
}

async function threadOf(requestId: string, deps: RoomDeps) {
  const card = await deps.records.messages.find(requestId, 'card');
  return card === undefined || card.ts === null ? null : { channel: card.channel, thread: card.ts };
}
