import { LogLevel } from '@slack/bolt';
import type { Logger } from '@slack/bolt';

import type { Log } from '../lib/log.ts';

/**
 * Slack's libraries write into our log. Their debug lines quote whole requests and answers, with the
 * text of modals that are meant for one person, so those lines are never kept.
 */
export function boltLog(log: Log): Logger {
  const line = (parts: unknown[]) => parts.map(String).join(' ');
  return {
    debug: () => undefined,
    info: (...parts: unknown[]) => log.debug(line(parts)),
    warn: (...parts: unknown[]) => log.warn(line(parts)),
    error: (...parts: unknown[]) => log.error(line(parts)),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}
