import type { AllMiddlewareArgs, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';

import { fieldsWithSecrets, TYPED_SECRET } from '../../../requests/typed-secret.ts';
import { answering } from '../../answering.ts';
import type { Tell } from '../../answering.ts';
import { change } from '../../click.ts';
import type { RoomDeps } from '../../deps.ts';
import { REASON } from '../../ids.ts';
import { denySchema, readFilled } from '../../payloads.ts';

type Args = SlackViewMiddlewareArgs<ViewSubmitAction> & AllMiddlewareArgs;

export async function submitDenyReason({ ack, body }: Args, deps: RoomDeps): Promise<void> {
  const { person, view } = readFilled(body);
  const reason = view.state.values[REASON]?.[REASON]?.value?.trim() ?? '';
  if (reason === '') {
    await ack({
      response_action: 'errors',
      errors: { [REASON]: 'Please give a reason; the requester reads it.' },
    });
    return;
  }
  if (fieldsWithSecrets({ reason }).length > 0) {
    await ack({ response_action: 'errors', errors: { [REASON]: TYPED_SECRET } });
    return;
  }
  await ack();
  const { request, channel, ts } = denySchema.parse(JSON.parse(view.private_metadata));
  const card = channel === null || ts === null ? null : { channel, ts };
  const place = channel === null ? null : { channel, thread: null };
  const tell: Tell = (message) => deps.messenger.whisper(person, place, message);
  await answering(deps, tell, async () => {
    await change(
      {
        requestId: request,
        person,
        card,
        act: (member) => deps.requests.decide(request, member, 'deny', reason),
      },
      deps,
      tell,
    );
  });
}
