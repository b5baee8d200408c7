import type { App, BlockAction } from '@slack/bolt';

import type { RoomDeps } from '../../deps.ts';
import { note } from '../../blocks.ts';
import { ACTION, COMMAND, FIELD, REFRESHING } from '../../ids.ts';
import { openForm } from '../../open-form.ts';
import { openWorkflowForm } from './workflow-form.ts';
import { readFilled } from '../../payloads.ts';
import { createFormRefresher } from '../../refresh-form.ts';
import { say } from '../../text.ts';
import {
  accept,
  check,
  close,
  decline,
  handOver,
  keep,
  rotate,
  snooze,
  takeOver,
} from './accounts.ts';
import { changeBy } from './changes.ts';
import { accountStory, listAccounts, showAccount } from './inventory.ts';
import { approve, approveAlone, deny } from './decisions.ts';
import { tryForm } from './dry-run.ts';
import { onClick } from './on-click.ts';
import type { OnClick } from './on-click.ts';
import { openDeposit, taskDone } from './tasks.ts';

const CLICKS: Readonly<Record<Exclude<keyof typeof ACTION, 'link' | 'dryRun'>, OnClick>> = {
  openForm: ({ person, trigger }, deps, tell) => openForm({ person, trigger }, deps, tell),
  workflowForm: openWorkflowForm,
  approve,
  approveAlone,
  deny,
  cancel: changeBy('cancel'),
  retry: changeBy('retry'),
  undo: changeBy('undo'),
  taskDone,
  deposit: openDeposit,
  check,
  accept,
  rotate,
  close,
  snooze,
  keep,
  handOver,
  takeOver,
  decline,
  listAccounts,
  showAccount,
  accountStory,
};

export function registerActions(app: App, deps: RoomDeps): void {
  app.action<BlockAction>(ACTION.dryRun, (args) => tryForm(args, deps));
  for (const [name, handle] of Object.entries(CLICKS)) {
    const id = ACTION[name as keyof typeof CLICKS];
    // Buttons that do the same beside each other carry a suffix.
    app.action<BlockAction>(new RegExp(`^${id}(?::|$)`, 'u'), onClick(handle, deps));
  }
  const refresh = createFormRefresher(deps);
  for (const field of REFRESHING) {
    app.action<BlockAction>(field, async ({ ack, body }) => {
      await ack();
      // A form that is not redrawn is still a form; sending it says what is wrong.
      await refresh(readFilled(body)).catch((error: unknown) =>
        deps.log.warn({ err: error }, 'A form could not be drawn again'),
      );
    });
  }
  // The browser opens these by itself; Slack still wants its acknowledgement.
  app.action<BlockAction>(new RegExp(`^${ACTION.link}(?::|$)`, 'u'), ({ ack }) => ack());
  app.action<BlockAction>(unknownAction(), onClick(outdated, deps));
}

const outdated: OnClick = (_click, _deps, tell) =>
  tell(
    note(
      say`This button is from an older version of the app. \`${COMMAND} list\` shows your requests.`,
    ),
  );

function unknownAction(): RegExp {
  const known = [...Object.values(ACTION), ...Object.values(FIELD)].join('|');
  return new RegExp(`^(?!(?:${known})(?::|$))`, 'u');
}
