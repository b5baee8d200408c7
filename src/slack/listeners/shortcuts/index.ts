import type { App, GlobalShortcut } from '@slack/bolt';

import { tellBy } from '../../answering.ts';
import type { RoomDeps } from '../../deps.ts';
import { SHORTCUT } from '../../ids.ts';
import { openForm } from '../../open-form.ts';
import { shortcutSchema } from '../../payloads.ts';

export function registerShortcuts(app: App, deps: RoomDeps): void {
  app.shortcut<GlobalShortcut>(SHORTCUT, async ({ ack, body }) => {
    await ack();
    const { user, trigger_id: trigger } = shortcutSchema.parse(body);
    const tell = tellBy(undefined, user.id, null, deps);
    await openForm({ person: user.id, trigger }, deps, tell);
  });
}
