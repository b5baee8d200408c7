import type { App } from '@slack/bolt';

import type { RoomDeps } from '../../deps.ts';
import { COMMAND } from '../../ids.ts';
import { flowServiceAccount } from './flow-service-account.ts';

export function registerCommands(app: App, deps: RoomDeps): void {
  app.command(COMMAND, (args) => flowServiceAccount(args, deps));
}
