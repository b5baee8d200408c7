import type { ModalView } from '@slack/types';

import type { Account } from '../../domain/account.ts';
import { context, plain, section } from '../blocks.ts';
import { FIELD, REASON, VIEW } from '../ids.ts';
import { day, say, words } from '../text.ts';
import { input, select, textInput } from './inputs.ts';

/** Asks why an account is to be closed; the approvers read it. */
export function closeView({ id, address }: Pick<Account, 'id' | 'address'>): ModalView {
  return {
    ...frame(VIEW.closeAccount, id, `Close ${id}`, 'Ask for it'),
    blocks: [
      section(
        say`${words(address, 200)} is disconnected, its credential is revoked, and its user is removed. This cannot be undone, so the approvers are asked first.`,
      ),
      reasonInput('Why it is to be closed', 'The team has moved to another connection'),
    ],
  };
}

const SNOOZE_DAYS = [3, 7, 14, 30];

export function snoozeView({ id, rotateAt }: Pick<Account, 'id' | 'rotateAt'>): ModalView {
  const choices = SNOOZE_DAYS.map((days) => ({ value: String(days), label: `In ${days} days` }));
  return {
    ...frame(VIEW.snooze, id, `Remind later: ${id}`, 'Remind me later'),
    blocks: [
      input(
        { field: FIELD.days, label: 'Remind me again' },
        select(FIELD.days, choices, 'Choose when', '7'),
      ),
      reasonInput('Why it has to wait', 'We change it with the release on Thursday'),
      context(say`It is due ${day(rotateAt)}. You are reminded three days before in any case.`),
    ],
  };
}

export function handOverView({ id, address }: Pick<Account, 'id' | 'address'>): ModalView {
  return {
    ...frame(VIEW.handOver, id, `Hand over ${id}`, 'Ask them'),
    blocks: [
      section(
        say`Who is to own ${words(address, 200)}? They are asked first; until they accept, nothing changes.`,
      ),
      input(
        { field: FIELD.newOwner, label: 'New owner' },
        {
          type: 'users_select',
          action_id: FIELD.newOwner,
          placeholder: plain('Choose a person', 150),
        },
      ),
    ],
  };
}

function reasonInput(label: string, example: string) {
  return input(
    { field: REASON, label, hint: 'Everybody who sees the request can read it.' },
    textInput({ field: REASON, max: 500, multiline: true, example }),
  );
}

function frame(callback: string, id: string, title: string, submit: string) {
  return {
    type: 'modal' as const,
    callback_id: callback,
    private_metadata: id,
    title: plain(title, 24),
    submit: plain(submit, 24),
    close: plain('Close', 24),
  };
}
