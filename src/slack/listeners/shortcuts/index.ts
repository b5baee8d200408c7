import type { App, GlobalShortcut, MessageShortcut } from '@slack/bolt';

import { tellBy } from '../../answering.ts';
import type { RoomDeps } from '../../deps.ts';
import { purposeFrom } from '../../form-origin.ts';
import { MESSAGE_SHORTCUT, SHORTCUT } from '../../ids.ts';
import { openForm } from '../../open-form.ts';
import { messageShortcutSchema, shortcutSchema } from '../../payloads.ts';

export function registerShortcuts(app: App, deps: RoomDeps): void {
  app.shortcut<GlobalShortcut>({ type: 'shortcut', callback_id: SHORTCUT }, async (args) => {
    await args.ack();
    const { user, trigger_id: trigger } = shortcutSchema.parse(args.body);
    const tell = tellBy(undefined, user.id, null, deps);
    await openForm({ person: user.id, trigger }, deps, tell);
  });
  const fromMessage = { type: 'message_action', callback_id: MESSAGE_SHORTCUT } as const;
  app.shortcut<MessageShortcut>(fromMessage, async ({ ack, body }) => {
    await ack();
    const { user, trigger_id: trigger, channel, message } = messageShortcutSchema.parse(body);
    const tell = tellBy(undefined, user.id, null, deps);
    const thread = message.thread_ts === message.ts ? null : (message.thread_ts ?? null);
    const origin = {
      purpose: purposeFrom(message.text),
      message: deps.messenger.url({ channel: channel.id, ts: message.ts }, thread),
    };
    await openForm({ person: user.id, trigger, origin }, deps, tell);
  });
}
