import { toProductError } from '../domain/errors.ts';
import { mayMove } from '../domain/transitions.ts';
import type { Facts, Request, StepRecord } from '../domain/request.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Log } from '../lib/log.ts';
import type { Change, Records } from '../records/records.ts';
import { auditedStore } from './audited-store.ts';
import { accountChange } from './account-change.ts';
import { stepOf } from './index.ts';
import { nameSecrets } from './name-secrets.ts';
import type { Ports } from './ports.ts';
import * as progress from './progress.ts';
import { reactTo } from './retry.ts';
import type { Step, StepContext } from './step.ts';
import type { Assignees } from './assignees.ts';
import { tellChanges } from './tell-changes.ts';
import { watchMail } from './watch-mail.ts';

export interface RunDeps {
  readonly records: Records;
  readonly ports: Ports;
  readonly assignees: Assignees;
  readonly log: Log;
  /** Called after every change, so that Slack can be brought up to date. */
  changed(request: Request): Promise<void>;
}

/** What the queue does with the job: nothing more for now, or come back after a while. */
export type RunResult =
  | { readonly kind: 'idle' }
  | { readonly kind: 'again'; readonly afterMs: number };

const IDLE: RunResult = { kind: 'idle' };
const BUSY_MS = 250;

/**
 * Walks a request's plan as far as it goes and journals every step. Safe to run at any time, twice,
 * or after a crash: what is done is skipped, what was half-way is looked up again.
 */
export async function runPlan(requestId: string, deps: RunDeps): Promise<RunResult> {
  const telling = tellChanges(deps.changed, deps.log);
  try {
    const result = await deps.records.exclusively(requestId, (lost) =>
      walk(requestId, lost, { ...deps, changed: telling.changed }),
    );
    return result ?? { kind: 'again', afterMs: BUSY_MS };
  } finally {
    await telling.ended();
  }
}

async function walk(requestId: string, lost: AbortSignal, deps: RunDeps): Promise<RunResult> {
  let known: Request | undefined;
  while (!lost.aborted) {
    const request: Request | undefined = known ?? (await deps.records.find(requestId));
    const next = request === undefined ? undefined : nextStep(request);
    if (request === undefined || next === undefined) return IDLE;
    const now = deps.ports.clock.now();
    if (waitOf(request, now) > 0) return againAt(request, now);
    const ended = await runStep(request, next, deps);
    if (ended.kind !== 'on') return ended;
    known = ended.request;
  }
  return { kind: 'again', afterMs: BUSY_MS };
}

/** The step to run now, forwards or (when undoing) backwards; undefined when nothing is to be run. */
function nextStep(request: Request): StepRecord | undefined {
  if (request.state === 'undoing') {
    return (
      request.steps.findLast((step) => step.state !== 'undone' && step.at !== null) ??
      request.steps[0]
    );
  }
  if (!mayMove(request.state, 'start')) return undefined;
  return request.steps.find((step) => step.state !== 'done');
}

function waitOf(request: Request, now: Date): number {
  return request.resumeAt === null ? 0 : Date.parse(request.resumeAt) - now.getTime();
}

/** The step is through, go on with the next one; without the request, look first how it is now. */
interface On {
  readonly kind: 'on';
  readonly request?: Request;
}

const LOOK_AGAIN: On = { kind: 'on' };

async function runStep(
  request: Request,
  record: StepRecord,
  deps: RunDeps,
): Promise<RunResult | On> {
  const step = stepOf(request, record.id);
  if (step === undefined) throw new Error(`No step ${record.id} in the plan of ${request.id}`);
  const begun = await save(request, deps, (current) =>
    progress.begin(current, step.id, deps.ports.clock.now()),
  );
  if (begun === undefined) return LOOK_AGAIN;
  try {
    const outcome = await attempt(begun, step, record, deps);
    return await recordOutcome(begun, step, outcome, deps);
  } catch (error) {
    return recordFailure(begun, step, error, deps);
  }
}

function attempt(
  request: Request,
  step: Step,
  record: StepRecord,
  deps: RunDeps,
): Promise<Outcome<Facts>> {
  const context = contextFor(request, step, record, deps);
  if (request.state !== 'undoing') return step.run(context);
  const undone =
    step.undo?.(context) ?? Promise.resolve<Outcome<void>>({ kind: 'done', value: undefined });
  return undone.then((outcome) =>
    outcome.kind === 'done' ? { kind: 'done', value: {} } : outcome,
  );
}

export function contextFor(
  request: Request,
  step: Step,
  record: StepRecord,
  deps: Pick<RunDeps, 'records' | 'ports'>,
): StepContext {
  const store = auditedStore(deps.ports.store, (name) =>
    deps.records.audit.append({
      action: 'credential-read',
      actor: 'system',
      subject: request.id,
      details: { step: step.id, name },
    }),
  );
  return {
    request,
    ports: { ...deps.ports, store },
    answers: record.task?.answers ?? {},
    kept: record.facts,
    now: deps.ports.clock.now(),
    async keep(facts) {
      await deps.records.update(request.id, (current) => progress.keep(current, step.id, facts));
    },
  };
}

async function recordOutcome(
  request: Request,
  step: Step,
  outcome: Outcome<Facts>,
  deps: RunDeps,
): Promise<RunResult | On> {
  const now = deps.ports.clock.now();
  switch (outcome.kind) {
    case 'done': {
      const isLast = request.state !== 'undoing' && request.steps.at(-1)?.id === step.id;
      const saved = await save(request, deps, (current) => {
        const change = progress.stepDone(current, step.id, outcome.value, now);
        if (!isLast || change === undefined) return change;
        return { ...change, ...accountChange(change.request, now) };
      });
      if (saved === undefined) return LOOK_AGAIN;
      await deps.changed(saved);
      return { kind: 'on', request: saved };
    }
    case 'human': {
      const present = openTaskIn(request, step, outcome.task.id)?.assignee ?? null;
      const assignee = await deps.assignees.assign(request, outcome.task.role, present);
      const named = await nameSecrets(outcome.task, request, deps.ports);
      const task = await watchMail(named, request, step.id, deps);
      const saved = await save(request, deps, (current) =>
        progress.stepWaits(current, step.id, { ...task, assignee }, now),
      );
      if (saved === undefined) return LOOK_AGAIN;
      await deps.changed(saved);
      return againAt(saved, now);
    }
    case 'later': {
      const saved = await save(request, deps, (current) =>
        progress.stepLater(current, step.id, new Date(now.getTime() + outcome.afterMs)),
      );
      return saved === undefined ? LOOK_AGAIN : againAt(saved, now);
    }
  }
}

function openTaskIn(request: Request, step: Step, task: string) {
  const open = request.steps.find(({ id }) => id === step.id)?.task;
  return open?.id === task ? open : undefined;
}

async function recordFailure(
  request: Request,
  step: Step,
  thrown: unknown,
  deps: RunDeps,
): Promise<RunResult | On> {
  const error = toProductError(thrown, step.id);
  const now = deps.ports.clock.now();
  deps.log.warn({ requestId: request.id, step: step.id, err: error }, 'A step failed.');
  const saved = await save(request, deps, (current) => {
    const attempts = (current.steps.find(({ id }) => id === step.id)?.attempts ?? 0) + 1;
    const reaction = reactTo(error, attempts);
    return progress.stepFailed(current, step.id, error, reaction, now);
  });
  if (saved === undefined) return LOOK_AGAIN;
  await deps.changed(saved);
  return againAt(saved, now);
}

/**
 * Writes only while the request is still on the course it was on when the step began; undefined
 * when somebody changed it (cancelled, undone) meanwhile: the loop then looks again.
 */
async function save(
  request: Request,
  deps: RunDeps,
  change: (current: Request) => Change | undefined,
): Promise<Request | undefined> {
  let same = true;
  const saved = await deps.records.update(
    request.id,
    (current) => {
      same = isOnCourse(request, current);
      return same ? change(current) : undefined;
    },
    request,
  );
  return same ? saved : undefined;
}

function isOnCourse(begun: Request, current: Request): boolean {
  return (
    (begun.state === 'undoing') === (current.state === 'undoing') && current.state !== 'failed'
  );
}

// Longer waits are left to the sweep, which reads them from the records: no job lingers for them.
const LONGEST_JOB_WAIT_MS = 30_000;

function againAt(request: Request, now: Date): RunResult {
  if (request.resumeAt === null) return IDLE;
  const afterMs = Math.max(0, Date.parse(request.resumeAt) - now.getTime());
  return afterMs > LONGEST_JOB_WAIT_MS ? IDLE : { kind: 'again', afterMs };
}
