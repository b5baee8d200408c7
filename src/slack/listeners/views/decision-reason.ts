import type { AllMiddlewareArgs, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';

import type { Member } from '../../../domain/approval.ts';
import type { Request } from '../../../domain/request.ts';
import type { Answer } from '../../../requests/requests.ts';
import { fieldsWithSecrets, TYPED_SECRET } from '../../../requests/typed-secret.ts';
import { answering } from '../../answering.ts';
import type { Tell } from '../../answering.ts';
import { change } from '../../click.ts';
import type { RoomDeps } from '../../deps.ts';
import { REASON } from '../../ids.ts';
import { denySchema, readFilled } from '../../payloads.ts';

type Args = SlackViewMiddlewareArgs<ViewSubmitAction> & AllMiddlewareArgs;

type Act = (
  requests: RoomDeps['requests'],
  id: string,
  by: Member,
  reason: string,
) => Promise<Answer<Request>>;

export const submitDenyReason = reasonForm(
  'Please give a reason; the requester reads it.',
  (requests, id, by, reason) => requests.decide(id, by, 'deny', reason),
);

export const submitAloneReason = reasonForm(
  'Please give a reason; the other approvers read it.',
  (requests, id, by, reason) => requests.approveAlone(id, by, reason),
);

function reasonForm(missing: string, act: Act) {
  return async ({ ack, body }: Args, deps: RoomDeps): Promise<void> => {
    const { person, view } = readFilled(body);
    const reason = view.state.values[REASON]?.[REASON]?.value?.trim() ?? '';
    if (reason === '') {
      await ack({
        response_action: 'errors',
        errors: { [REASON]: missing },
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
          act: (member) => act(deps.requests, request, member, reason),
        },
        deps,
        tell,
      );
    });
  };
}
