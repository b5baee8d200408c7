import type { Kind, State } from './request.ts';
import type { TaskRole } from './task.ts';

/** How long things took, in seconds, sorted into buckets. */
export interface Spread {
  readonly kind: Kind;
  /** How many took at most `SPREAD_BOUNDS[n]` but longer than the one before; the last took longer. */
  readonly counts: readonly number[];
  readonly sum: number;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Upper bounds of a spread's buckets, in seconds. */
export const SPREAD_BOUNDS: readonly number[] = [
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  HOUR,
  4 * HOUR,
  8 * HOUR,
  DAY,
  3 * DAY,
  7 * DAY,
];

/** How long a credential still lives; each credential is in exactly one. */
export const DAYS_LEFT = ['expired', '0-7', '7-30', '30-90', '90+', 'never'] as const;
export type DaysLeft = (typeof DAYS_LEFT)[number];

export interface StepFailures {
  readonly kind: Kind;
  /** Id of a configured connection; null for kinds without one. */
  readonly connection: string | null;
  readonly step: string;
  readonly code: string;
  /** Was it to be tried again, or did the request stop there? */
  readonly outcome: 'again' | 'stopped';
  readonly count: number;
  /** How long the other side made us wait, in seconds; only with the code `rate-limited`. */
  readonly waitSeconds: number;
}

/** What the records can tell about the whole installation, the same in every process. */
export interface Measures {
  readonly requests: readonly {
    readonly state: State;
    readonly kind: Kind;
    readonly count: number;
  }[];
  /** From the request to the last approval that it needed; rules that approve at once are left out. */
  readonly timeToApprove: readonly Spread[];
  /** From the approval to the end of the last step, with the time that people needed. */
  readonly timeToProvision: readonly Spread[];
  readonly stepFailures: readonly StepFailures[];
  readonly tasks: readonly {
    readonly step: string;
    readonly role: TaskRole;
    readonly count: number;
    readonly oldestSeconds: number;
  }[];
  readonly credentials: readonly { readonly left: DaysLeft; readonly count: number }[];
  /** Accounts in use whose renewal is due. */
  readonly rotationsDue: number;
  /** How long the longest-due request has been due, in seconds; 0 when none is. */
  readonly dueLagSeconds: number;
  /** Requests whose messages in Slack are behind. */
  readonly messagesBehind: number;
  /** When the last sweep ended; null before the first. */
  readonly sweptAt: string | null;
  /** By when each rate-limited bucket is booked, in milliseconds since 1970. */
  readonly buckets: readonly { readonly bucket: string; readonly emptyAtMs: number }[];
}
