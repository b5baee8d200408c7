import { setTimeout as pause } from 'node:timers/promises';

import { ProductError } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Records } from '../records/records.ts';

interface Rate {
  readonly everyMs: number;
  readonly burst: number;
  /** Slack counts this method for each channel by itself. */
  readonly perChannel: boolean;
}

// https://docs.slack.dev/apis/web-api/rate-limits: tier 2 allows 20 calls a minute, tier 3 allows 50,
// tier 4 allows 100; a burst and the minute after it stay below that together. Posting is one
// message a second and channel, with short bursts.
const TIER_3: Rate = { everyMs: 1350, burst: 5, perChannel: false };
const TIER_4: Rate = { everyMs: 670, burst: 10, perChannel: false };

const RATES = {
  'chat.postMessage': { everyMs: 1000, burst: 2, perChannel: true },
  'chat.postEphemeral': TIER_4,
  'chat.update': TIER_3,
  'conversations.open': TIER_3,
  'functions.completeSuccess': TIER_3,
  'functions.completeError': TIER_3,
  'conversations.history': TIER_3,
  'conversations.replies': TIER_3,
  // Somebody waits for these; they come in crowds and then not for a while.
  'users.info': { everyMs: 1000, burst: 35, perChannel: false },
  'usergroups.list': { everyMs: 6500, burst: 5, perChannel: false },
  'usergroups.users.list': { everyMs: 6500, burst: 10, perChannel: false },
  'views.open': TIER_4,
  'views.push': TIER_4,
  'views.update': TIER_4,
  'views.publish': TIER_4,
} as const satisfies Record<string, Rate>;

export type PacedMethod = keyof typeof RATES;

export interface Pace {
  /** Waits for a free slot. @throws ProductError `rate-limited` when that is too long to sit out */
  turn(method: PacedMethod, channel: string): Promise<void>;
  /** Takes a slot that is free now; false when there is none. */
  free(method: PacedMethod, channel: string): Promise<boolean>;
  /** Counts a call that somebody is waiting for, without waiting. */
  note(method: PacedMethod, channel: string): void;
}

const LONGEST_WAIT_MS = 20_000;

/** Keeps all processes together within Slack's published limits, or a multiple of them. */
export function createPace(
  reserveSlot: Records['reserveSlot'],
  clock: Clock,
  wait: (ms: number) => Promise<unknown> = pause,
  scale = 1,
  waited: (method: string, ms: number) => void = () => undefined,
): Pace {
  /** How long until the reserved slot; nothing is reserved when that exceeds the patience. */
  async function reserve(
    method: PacedMethod,
    channel: string,
    patienceMs?: number,
  ): Promise<number> {
    const { everyMs, burst, perChannel } = RATES[method];
    const bucket = perChannel ? `slack:${method}:${channel}` : `slack:${method}`;
    const now = clock.now();
    const at = await reserveSlot(bucket, everyMs / scale, burst, now.toISOString(), patienceMs);
    return Math.max(0, Date.parse(at) - now.getTime());
  }

  return {
    async turn(method, channel) {
      const waitMs = await reserve(method, channel, LONGEST_WAIT_MS);
      if (waitMs > 0) waited(method, Math.min(waitMs, LONGEST_WAIT_MS));
      if (waitMs > LONGEST_WAIT_MS) {
        throw new ProductError('rate-limited', {
          subject: 'Slack',
          message: 'Many messages are waiting for their turn in Slack.',
          retryAfterMs: waitMs,
        });
      }
      if (waitMs > 0) await wait(waitMs);
    },
    free: async (method, channel) => (await reserve(method, channel, 0)) === 0,
    note(method, channel) {
      // A slot that cannot be counted only makes the next wait shorter; Slack's own 429 remains.
      reserve(method, channel).catch(() => undefined);
    },
  };
}
