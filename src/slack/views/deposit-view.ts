import type { ModalView } from '@slack/types';

import type { TaskDeposit } from '../../domain/task.ts';
import { context, linkButton, plain, section } from '../blocks.ts';
import { ACTION, VIEW } from '../ids.ts';
import { say } from '../text.ts';

/** The one-time page for a credential and the code that opens it; seen by its assignee alone. */
export function depositView(
  deposit: TaskDeposit,
  way: { readonly url: string; readonly code: string } | null,
  storeName: string,
): ModalView {
  const blocks =
    way === null ? direct(deposit, storeName) : byPage(deposit, way.url, way.code, storeName);
  return {
    type: 'modal',
    callback_id: VIEW.notice,
    title: plain('Hand in a credential', 24),
    close: plain('Close', 24),
    blocks,
  };
}

function byPage(deposit: TaskDeposit, url: string, code: string, storeName: string) {
  const open = linkButton(ACTION.link, 'Open the one-time page', url);
  return [
    section(
      say`*${deposit.label}*\n1. Open the one-time page.\n2. Enter this code there: *${code}*\n3. Paste the credential and send it.`,
    ),
    ...(open === undefined ? [] : [{ type: 'actions' as const, elements: [open] }]),
    context(
      say`The page works once and for a short time, for you alone. What you paste goes straight into ${storeName} and is then checked. :lock: Never paste a credential into Slack.`,
    ),
  ];
}

function direct(deposit: TaskDeposit, storeName: string) {
  return [
    section(
      say`*${deposit.label}*\n1. Open ${storeName}.\n2. Store the credential there under exactly this name: *${deposit.secretName}*\n3. Come back and choose “Done”.`,
    ),
    context(say`:lock: Never paste a credential into Slack.`),
  ];
}
