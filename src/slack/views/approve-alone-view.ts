import type { ModalView } from '@slack/types';

import { plain, section } from '../blocks.ts';
import { REASON, VIEW } from '../ids.ts';
import { say } from '../text.ts';
import { input, textInput } from './inputs.ts';

/** Asks why the others are not waited for, and says what that means, before anything happens. */
export function approveAloneView(requestId: string, metadata: string): ModalView {
  return {
    type: 'modal',
    callback_id: VIEW.approveAlone,
    private_metadata: metadata,
    title: plain(`Approve ${requestId}`, 24),
    submit: plain('Approve alone', 24),
    close: plain('Close', 24),
    blocks: [
      section(
        say`:warning: The rule asks for more than one approval. Yours alone starts the work at once, without the others. Use this when waiting would do harm.`,
      ),
      section(
        say`The other approvers are told now, with your name and your reason. The card, the account’s page and the audit log keep both for good.`,
      ),
      input(
        {
          field: REASON,
          label: 'Why can this not wait for the others?',
          hint: 'Everybody in the thread can read it, and so can auditors.',
        },
        textInput({
          field: REASON,
          max: 1000,
          multiline: true,
          example: 'The token has leaked, and the others are asleep until 7 o’clock',
        }),
      ),
    ],
  };
}
