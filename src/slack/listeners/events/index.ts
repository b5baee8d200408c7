import type { App } from '@slack/bolt';

import type { RoomDeps } from '../../deps.ts';
import { openHome } from '../../home.ts';
import { homeSchema, personSchema } from '../../payloads.ts';

export function registerEvents(app: App, deps: RoomDeps): void {
  app.event('app_home_opened', async ({ event }) => {
    const { user, tab } = homeSchema.parse(event);
    if (tab !== 'home') return;
    // Nobody waits for an answer here; opening the tab again draws it again.
    await openHome(user, deps).catch((error: unknown) =>
      deps.log.warn({ err: error }, 'A Home tab could not be drawn'),
    );
  });
  app.event('user_change', async ({ event }) => {
    const { user } = personSchema.parse(event);
    if (!user.deleted) return;
    try {
      await deps.accounts.personChanged(user.id);
      await deps.requests.personLeft(user.id);
    } catch (error) {
      // Nobody waits for an answer; checks and polls find out by themselves.
      deps.log.warn({ err: error }, 'A departure was not followed up at once');
    }
  });
}
