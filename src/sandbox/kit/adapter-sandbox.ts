import type { HumanTask } from '../../domain/task.ts';
import type { Clock } from '../../lib/clock.ts';
import type { SandboxServer } from './server.ts';

/** What a person brings back from a task: answers to its fields, and a credential to deposit. */
export interface Performed {
  readonly answers: Readonly<Record<string, string>>;
  /** A plain string on purpose: it is what a person would paste. */
  readonly deposit: string | null;
}

/**
 * An outside system on loopback. Every adapter folder has one in its `sandbox.ts`; only
 * `src/sandbox` and tests may import those files.
 */
export interface AdapterSandbox {
  readonly servers: readonly SandboxServer[];
  /** The slice of configuration that makes the adapter use it; secret fields are `Secret`s. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Does what the task asks a person to do, through the sandbox's own doors. */
  perform(
    task: HumanTask,
    about: { readonly address: string; readonly marker: string },
  ): Promise<Performed>;
  close(): Promise<void>;
}

export interface SandboxDeps {
  readonly clock: Clock;
  /** Fixed ports make links stable across restarts of `npm start`; absent: any free port. */
  readonly port?: number;
}

export const NOTHING: Performed = { answers: {}, deposit: null };
