import type { ModalView } from '@slack/types';

import { plain } from '../blocks.ts';
import type { Message } from '../blocks.ts';
import { VIEW } from '../ids.ts';

/** A message shown in a modal, buttons and all. */
export function panelView({ blocks }: Message, title = 'Flow service accounts'): ModalView {
  return {
    type: 'modal',
    callback_id: VIEW.notice,
    title: plain(title, 24),
    close: plain('Close', 24),
    blocks,
  };
}
