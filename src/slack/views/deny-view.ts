import type { ModalView } from '@slack/types';

import { context, plain } from '../blocks.ts';
import { REASON, VIEW } from '../ids.ts';
import { say } from '../text.ts';
import { input, textInput } from './inputs.ts';

/** Asks why a request is denied; `metadata` carries which request and card it is about. */
export function denyView(requestId: string, metadata: string): ModalView {
  return {
    type: 'modal',
    callback_id: VIEW.deny,
    private_metadata: metadata,
    title: plain(`Deny ${requestId}`, 24),
    submit: plain('Deny request', 24),
    close: plain('Close', 24),
    blocks: [
      input(
        {
          field: REASON,
          label: 'Reason',
          hint: 'The requester and everybody in the thread can read it.',
        },
        textInput({
          field: REASON,
          max: 1000,
          multiline: true,
          example: 'The account SA-7K3F9Q already reads these repositories; please use that one',
        }),
      ),
      context(say`Denying ends the request. The requester can send a new one.`),
    ],
  };
}
