import type { ValidConfig } from '../config/validate.ts';
import { isNobody } from '../domain/policy.ts';
import type { Closeable } from '../lib/adapter.ts';
import type { Log } from '../lib/log.ts';
import type { Records } from '../records/records.ts';
import type { Directory } from '../requests/requests.ts';
import { createSettingsDesk } from '../requests/settings.ts';
import type { SettingsDesk } from '../requests/settings.ts';

type LiveSettings = SettingsDesk & Closeable;

const LOOK_EVERY_MS = 10_000;

/** What admins chose in Slack, followed by every process while the file leaves something open. */
export async function openSettings(
  config: ValidConfig,
  records: Records,
  directory: Directory,
  log: Log,
): Promise<LiveSettings> {
  const file = {
    channel: config.slack?.approvals_channel ?? null,
    openRules: config.policy.rules
      .filter(({ approvers }) => isNobody(approvers))
      .map(({ name }) => name),
    admins: config.admins,
  };
  const desk = createSettingsDesk({ records, file, teamId: () => directory.teamId });
  const isOpen = file.channel === null || file.openRules.length > 0;
  if (isOpen) await desk.refresh();
  const timer = isOpen
    ? setInterval(() => {
        desk.refresh().catch((error: unknown) => log.warn({ err: error }, 'Settings are not read'));
      }, LOOK_EVERY_MS)
    : undefined;
  return Object.assign(desk, { close: async () => clearInterval(timer) });
}
