import type { ModalView } from '@slack/types';

import { plain, section } from '../blocks.ts';
import { COMMAND, VIEW } from '../ids.ts';
import { say } from '../text.ts';
import type { Markup } from '../text.ts';

/** A modal that only says something. */
export function noticeView(text: Markup, title = 'Flow service account'): ModalView {
  return {
    type: 'modal',
    callback_id: VIEW.notice,
    title: plain(title, 24),
    close: plain('Close', 24),
    blocks: [section(text)],
  };
}

export function loadingView(): ModalView {
  return noticeView(say`One moment, this is being looked up…`);
}

/** After the form was sent: what happens next. */
export function sentView(id: string, channel: string | null, autoApproved: boolean): ModalView {
  const next = autoApproved
    ? say`A rule approves it at once, so setting up begins now.`
    : say`The approvers decide about it${channel === null ? '' : say` in <#${channel}>`}.`;
  return noticeView(
    say`*Your request ${id} is sent.*\n${next} You get a message when something needs you and when it is done. “${COMMAND} status ${id}” shows how it stands.`,
    'Request sent',
  );
}
