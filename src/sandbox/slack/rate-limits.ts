import type { Clock } from '../../lib/clock.ts';

/** Calls per minute and method, or messages per second and channel. */
export type Tier = 'tier1' | 'tier2' | 'tier3' | 'tier4' | 'posting' | 'connections' | 'many';

export interface RateLimits {
  /** Seconds to wait, when this call is one too many. */
  check(method: string, tier: Tier, channel: string): number | undefined;
  readonly violations: { readonly method: string; readonly at: Date }[];
}

export interface RateLimitOptions {
  readonly clock: Clock;
  readonly strictness: 'published' | 'off';
  /** Multiplies what is allowed; 1 is what Slack publishes. */
  readonly scale: number;
}

// https://docs.slack.dev/apis/web-api/rate-limits. "Many" stands for the special tier of hundreds
// per minute; ten connections may be open at once, so as many openings must be possible.
const PER_MINUTE: Readonly<Record<Exclude<Tier, 'posting'>, number>> = {
  tier1: 1,
  tier2: 20,
  tier3: 50,
  tier4: 100,
  connections: 10,
  many: 300,
};
const MINUTE_MS = 60_000;
const POST_BURST = 3;
const POSTS_PER_MINUTE = 300;

export function createRateLimits(options: RateLimitOptions): RateLimits {
  const windows = new Map<string, number[]>();
  const buckets = new Map<string, { tokens: number; at: number }>();
  const violations: { method: string; at: Date }[] = [];

  function inWindow(name: string, limit: number, now: number): number | undefined {
    const calls = (windows.get(name) ?? []).filter((at) => now - at < MINUTE_MS);
    windows.set(name, calls);
    const oldest = calls[calls.length - limit];
    if (oldest !== undefined) return Math.max(1, Math.ceil((oldest + MINUTE_MS - now) / 1000));
    calls.push(now);
    return undefined;
  }

  function inBucket(channel: string, now: number): number | undefined {
    const capacity = POST_BURST * options.scale;
    const bucket = buckets.get(channel) ?? { tokens: capacity, at: now };
    const gained = ((now - bucket.at) / 1000) * options.scale;
    const tokens = Math.min(capacity, bucket.tokens + gained);
    const enough = tokens >= 1;
    buckets.set(channel, { tokens: enough ? tokens - 1 : tokens, at: now });
    return enough ? undefined : Math.max(1, Math.ceil((1 - tokens) / options.scale));
  }

  function wait(method: string, tier: Tier, channel: string, now: number): number | undefined {
    if (tier !== 'posting') {
      return inWindow(method, Math.ceil(PER_MINUTE[tier] * options.scale), now);
    }
    return inBucket(channel, now) ?? inWindow(method, POSTS_PER_MINUTE * options.scale, now);
  }

  return {
    violations,
    check(method, tier, channel) {
      if (options.strictness === 'off') return undefined;
      const at = options.clock.now();
      const seconds = wait(method, tier, channel, at.getTime());
      if (seconds !== undefined) violations.push({ method, at });
      return seconds;
    },
  };
}
