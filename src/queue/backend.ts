import type { Job, JobsOptions } from 'bullmq';

/** References only: what is to be done with them is in the records. */
interface JobData {
  readonly requestId: string;
}

export type QueueName = 'provision' | 'render' | 'care' | 'index' | 'sweep';

/** What we use of BullMQ's `Queue`, the same on both databases. */
export interface JobQueue {
  add(
    name: string,
    data: JobData | Readonly<Record<string, never>>,
    options: JobsOptions,
  ): Promise<unknown>;
  getJobCountByTypes(...types: JobState[]): Promise<number>;
  getJobScheduler(
    id: string,
  ): Promise<{ readonly every?: number; readonly next?: number } | undefined>;
  upsertJobScheduler(
    id: string,
    repeat: { readonly every: number },
    template: {
      readonly name: string;
      readonly opts: Pick<JobsOptions, 'removeOnComplete' | 'removeOnFail'>;
    },
  ): Promise<unknown>;
  getJobCounts(...types: JobState[]): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

/** The states that our jobs can be in; done and failed ones are removed at once. */
export const JOB_STATES = ['waiting', 'prioritized', 'delayed', 'active'] as const;
export type JobState = (typeof JOB_STATES)[number];

interface JobWorker {
  close(): Promise<void>;
}

export type Processor = (job: ActiveJob, token: string | undefined) => Promise<void>;
export type ActiveJob = Pick<Job, 'id' | 'data' | 'moveToDelayed'>;

export interface WorkerSettings {
  readonly concurrency: number;
  /** A worker that has not been heard of for so long is dead, and its jobs are given to others. */
  readonly lockDuration: number;
  readonly stalledInterval: number;
  readonly maxStalledCount: number;
}

/** BullMQ on one of the two databases it can run on; nothing else knows which. */
export interface Backend {
  queue(name: QueueName): JobQueue;
  worker(name: QueueName, process: Processor, settings: WorkerSettings): JobWorker;
  ping(): Promise<void>;
  /** To be called after every queue and worker was closed. */
  close(): Promise<void>;
}

/** What a queue remembers for event listeners, of which we have none. */
export const STREAMS = { events: { maxLen: 100 } };
