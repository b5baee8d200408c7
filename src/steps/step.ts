import type { Outcome } from '../domain/outcome.ts';
import type { StepId } from '../domain/plan.ts';
import type { Facts, Request } from '../domain/request.ts';
import type { Secret } from '../domain/secret.ts';
import type { Ports } from './ports.ts';

export interface StepContext {
  /** As it was when the step began; facts of earlier steps are in its journal. */
  readonly request: Request;
  /** Reading its store is audited. */
  readonly ports: Ports;
  /** What people answered to this step's task so far. */
  readonly answers: Readonly<Record<string, string>>;
  /** What this step kept for itself in an earlier, unfinished run. */
  readonly kept: Facts | null;
  /** Keeps facts before the step is done, so that a second run knows them. */
  readonly keep: (facts: Facts) => Promise<void>;
  readonly now: Date;
}

/**
 * One step of a plan. `run` is "ensure": it looks first, acts second, and may be run again at any
 * time with the same result. `undo` is its reverse, just as repeatable.
 */
export interface Step {
  readonly id: StepId;
  /** "Create the GitLab user"; pure, for cards and plans. */
  title(request: Request, names: StepNames): string;
  run(context: StepContext): Promise<Outcome<Facts>>;
  undo?(context: StepContext): Promise<Outcome<void>>;
  /**
   * Checks a credential that a person deposits for this step's task, then stores it (create-only).
   * @throws ProductError with a sentence for that person when it is not the right one
   */
  accept?(context: StepContext, credential: Secret): Promise<void>;
}

/** Display names a title may need. */
export interface StepNames {
  readonly connection: string;
  readonly vendor: string;
  readonly store: string;
  readonly knowledge: string;
  readonly automation: string;
}
