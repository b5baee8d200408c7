import type { RequestListener } from 'node:http';

import type { Closeable } from '../lib/adapter.ts';

/** How a run of one request's plan ended, for the queue. */
export type RunResult =
  | { readonly kind: 'idle' }
  /** Put the job back for this long; burns no attempt. */
  | { readonly kind: 'again'; readonly afterMs: number };

/** What the queue calls; the composition root gives it. Handlers are safe to run twice. */
export interface Handlers {
  /** Walks the request's plan as far as it goes. */
  provision(requestId: string): Promise<RunResult>;
  /** Brings the request's Slack messages up to the records. */
  render(requestId: string): Promise<RunResult>;
  /** Does what is due for an account, and shows it. */
  care(accountId: string): Promise<RunResult>;
  /** Brings the list of accounts up to the records; never throws for what goes wrong outside. */
  index(): Promise<void>;
  /** Finds whatever the records say is due and enqueues it. */
  sweep(): Promise<void>;
}

/** A projection of the records: losing it loses nothing, the sweep fills it again. */
export interface Queue extends Closeable {
  /** `version` makes a later wish a new job, while a double one stays single. */
  provision(requestId: string, version: number, afterMs?: number): Promise<void>;
  /** Debounced: many wishes within `afterMs` are one job. */
  render(requestId: string, afterMs?: number): Promise<void>;
  /** Wishes for the same account that come together are one job. */
  care(accountId: string): Promise<void>;
  /** Wishes that come together are one job. */
  index(): Promise<void>;
  /** Starts taking jobs. Schedules (the sweep) survive restarts and exist once, however many workers. */
  work(handlers: Handlers, concurrency: number): Promise<Closeable>;
  /** Waiting, delayed and active jobs, for `doctor` and health. */
  depth(): Promise<number>;
  /** Jobs by queue and state, for metrics. */
  counts(): Promise<readonly QueueCount[]>;
  /** A page of the queues for operators below this path; shows ids only and changes nothing. */
  board(basePath: string): RequestListener;
  ping(): Promise<void>;
}

export interface QueueCount {
  readonly queue: string;
  readonly state: string;
  readonly count: number;
}
