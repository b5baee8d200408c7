import type { Clock } from '../../lib/clock.ts';
import { SlackRefusal } from './slack-refusal.ts';

export interface Triggers {
  issue(userId: string): string;
  /** The person behind it; a trigger works once and for three seconds. */
  exchange(triggerId: string): string;
}

// https://docs.slack.dev/interactivity/handling-user-interaction
const LIFETIME_MS = 3000;

export function createTriggers(clock: Clock): Triggers {
  const issued = new Map<string, { userId: string; at: number; used: boolean }>();
  return {
    issue(userId) {
      const id = `${issued.size + 1}.${clock.now().getTime()}.${userId.toLowerCase()}`;
      issued.set(id, { userId, at: clock.now().getTime(), used: false });
      return id;
    },
    exchange(triggerId) {
      const trigger = issued.get(triggerId);
      if (trigger === undefined) throw new SlackRefusal('invalid_trigger_id');
      if (trigger.used) throw new SlackRefusal('exchanged_trigger_id');
      if (clock.now().getTime() - trigger.at > LIFETIME_MS) {
        throw new SlackRefusal('expired_trigger_id');
      }
      trigger.used = true;
      return trigger.userId;
    },
  };
}
