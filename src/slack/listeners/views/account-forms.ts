import type { AllMiddlewareArgs, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';

import { fieldsWithSecrets, TYPED_SECRET } from '../../../requests/typed-secret.ts';
import { accountMember, explainAccountRefusal } from '../../account-members.ts';
import { answering } from '../../answering.ts';
import type { Tell } from '../../answering.ts';
import { askForOperation } from '../../ask-for-operation.ts';
import { note } from '../../blocks.ts';
import type { RoomDeps } from '../../deps.ts';
import { FIELD, REASON } from '../../ids.ts';
import { readFilled } from '../../payloads.ts';
import type { Filled } from '../../payloads.ts';
import { day, person as mention, say, words } from '../../text.ts';

type Args = SlackViewMiddlewareArgs<ViewSubmitAction> & AllMiddlewareArgs;

interface Sent {
  readonly account: string;
  readonly person: string;
  readonly viewId: string;
  readonly reason: string;
  readonly tell: Tell;
  readonly filled: Filled;
}

type Work = (sent: Sent, deps: RoomDeps) => Promise<void>;

/** Acknowledges a form about an account, or says at its field what is wrong with the reason. */
function accountForm(needsReason: boolean, work: Work) {
  return async ({ ack, body }: Args, deps: RoomDeps): Promise<void> => {
    const filled = readFilled(body);
    const { person, view } = filled;
    const reason = view.state.values[REASON]?.[REASON]?.value?.trim() ?? '';
    const problem = needsReason ? problemWith(reason) : undefined;
    if (problem !== undefined) {
      await ack({ response_action: 'errors', errors: { [REASON]: problem } });
      return;
    }
    await ack();
    const tell: Tell = (message) => deps.messenger.whisper(person, null, message);
    const account = view.private_metadata;
    await answering(deps, tell, () =>
      work({ account, person, viewId: view.id, reason, tell, filled }, deps),
    );
  };
}

function problemWith(reason: string): string | undefined {
  if (reason === '') return 'Please give a reason; the people concerned read it.';
  return fieldsWithSecrets({ reason }).length > 0 ? TYPED_SECRET : undefined;
}

export const submitClose = accountForm(true, ({ account, person, viewId, reason, tell }, deps) =>
  askForOperation({ account, kind: 'close', reason, person, trigger: viewId }, deps, tell),
);

export const submitSnooze = accountForm(true, async (sent, deps) => {
  const chosen = sent.filled.view.state.values[FIELD.days]?.[FIELD.days];
  const days = Number(chosen?.selected_option?.value ?? '7');
  const by = await accountMember(sent.person, sent.account, deps);
  const answer = await deps.accounts.snooze(sent.account, by, days, sent.reason);
  if (answer.kind === 'refused') {
    await sent.tell(note(explainAccountRefusal(answer.refusal, answer.account, deps)));
    return;
  }
  const { snoozedUntil } = answer.value.care.reminder;
  await sent.tell(
    note(
      say`You are reminded of ${words(answer.value.address, 200)} again ${day(snoozedUntil ?? answer.value.rotateAt)}.`,
    ),
  );
});

export const submitHandOver = accountForm(false, async (sent, deps) => {
  const to = sent.filled.view.state.values[FIELD.newOwner]?.[FIELD.newOwner]?.selected_user ?? '';
  const [by, taker] = await Promise.all([
    accountMember(sent.person, sent.account, deps),
    accountMember(to, sent.account, deps),
  ]);
  const answer = await deps.accounts.handOver(sent.account, by, taker);
  await sent.tell(
    note(
      answer.kind === 'done'
        ? say`${mention(to)} is asked to take over ${words(answer.value.address, 200)}. Until then nothing changes.`
        : explainAccountRefusal(answer.refusal, answer.account, deps),
    ),
  );
});
