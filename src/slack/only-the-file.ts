import type { SettingsDesk } from '../requests/settings.ts';

/** Without a place to keep settings, nobody is an admin. */
export function onlyTheFile(channel: string | null): SettingsDesk {
  const nobody = { users: [], groups: [] };
  return {
    file: { channel, openRules: [], admins: nobody },
    chosen: { channel: null, approvers: nobody },
    channel: () => channel,
    refresh: async () => undefined,
    refuse: async () => 'not-an-admin',
    save: async () => 'not-an-admin',
  };
}
