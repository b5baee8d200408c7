import type { AuditAction, AuditEvent } from '../domain/audit.ts';
import type { ProductError } from '../domain/errors.ts';
import { rollsBackByItself } from '../domain/operation.ts';
import type { Facts, OpenTask, Request, StepRecord } from '../domain/request.ts';
import { transition } from '../domain/transitions.ts';
import type { Change } from '../records/records.ts';
import type { Reaction } from './retry.ts';

/** A step begins. Writes nothing when it is a repeated check of a task: that is no news. */
export function begin(request: Request, step: string, now: Date): Change | undefined {
  const record = recordOf(request, step);
  if (request.state === 'undoing' || request.state === 'waiting' || record.state === 'running') {
    return undefined;
  }
  const moved = request.state === 'provisioning' ? request : transition(request, 'start');
  const started = withStep(moved, step, { state: 'running', at: now.toISOString() });
  const events = request.state === 'approved' ? [event(request, 'started', {})] : [];
  return { request: started, events };
}

export function keep(request: Request, step: string, facts: Facts): Change {
  return { request: withStep(request, step, { facts }), events: [] };
}

export function stepDone(request: Request, step: string, facts: Facts, now: Date): Change {
  if (request.state === 'undoing') return stepUndone(request, step, now);
  const forward = request.state === 'waiting' ? transition(request, 'start') : request;
  const at = now.toISOString();
  const closed = withStep(forward, step, { state: 'done', attempts: 0, facts, task: null, at });
  const isLast = closed.steps.every((record) => record.state === 'done');
  const next = closed.steps.find((record) => record.state !== 'done');
  // What people did by hand is worth knowing later: who looks at the page finds a new one.
  const news = facts['pageWasDeleted'] === true ? { pageWasDeleted: true } : {};
  const events = [event(request, 'step-done', { step, ...news })];
  if (isLast) {
    const completed = { ...transition(closed, 'complete'), resumeAt: null };
    return { request: completed, events: [...events, event(request, 'completed', {})] };
  }
  // Due at once, so that the sweep finds it should this process die before the next step.
  const going = next === undefined ? closed : withStep(closed, next.id, { state: 'running', at });
  return { request: { ...going, resumeAt: at }, events };
}

function stepUndone(request: Request, step: string, now: Date): Change {
  const at = now.toISOString();
  const closed = withStep(request, step, { state: 'undone', attempts: 0, task: null, at });
  const events = [event(request, 'step-undone', { step })];
  const left = closed.steps.some((record) => record.state !== 'undone' && record.at !== null);
  if (left) return { request: { ...closed, resumeAt: at }, events };
  const undone = { ...transition(closed, 'undone'), resumeAt: null };
  return { request: undone, events: [...events, event(request, 'undone', {})] };
}

/** A person must act. The same task with the same finding is no news and only sets the next look. */
export function stepWaits(
  request: Request,
  step: string,
  task: Omit<OpenTask, 'openedAt' | 'checkedAt' | 'answers'>,
  now: Date,
): Change {
  const open = recordOf(request, step).task;
  const isSame = open?.id === task.id;
  const at = now.toISOString();
  const kept: OpenTask = isSame
    ? {
        ...task,
        openedAt: open.openedAt,
        answers: open.answers,
        checkedAt: at,
      }
    : { ...task, openedAt: at, checkedAt: at, answers: {} };
  const paused = request.state === 'provisioning' ? transition(request, 'wait') : request;
  const waiting = withStep(paused, step, { state: 'human', attempts: 0, task: kept, at });
  const resumeAt =
    task.pollMs === null ? null : new Date(now.getTime() + task.pollMs).toISOString();
  const events = isSame
    ? findingEvents(request, step, open, kept)
    : [
        event(request, 'task-opened', {
          step,
          task: task.id,
          title: task.title,
          assignee: kept.assignee,
        }),
      ];
  return { request: { ...waiting, resumeAt }, events };
}

function findingEvents(
  request: Request,
  step: string,
  open: OpenTask,
  kept: OpenTask,
): AuditEvent[] {
  if (open.assignee !== kept.assignee) {
    const { id: task, title, assignee } = kept;
    return [event(request, 'task-opened', { step, task, title, assignee, instead: open.assignee })];
  }
  if (open.finding === kept.finding || kept.finding === null) return [];
  return [event(request, 'task-checked', { step, task: kept.id, finding: kept.finding })];
}

export function stepLater(request: Request, step: string, until: Date): Change {
  return {
    request: { ...withStep(request, step, { attempts: 0 }), resumeAt: until.toISOString() },
    events: [],
  };
}

export function stepFailed(
  request: Request,
  step: string,
  error: ProductError,
  reaction: Reaction,
  now: Date,
): Change {
  const record = recordOf(request, step);
  const details = { step, code: error.code, subject: error.subject, message: error.message };
  if (reaction.kind === 'again') {
    const attempts = record.attempts + (reaction.counts ? 1 : 0);
    const resumeAt = new Date(now.getTime() + reaction.afterMs).toISOString();
    const again = { ...details, againAt: resumeAt };
    return {
      request: { ...withStep(request, step, { attempts }), resumeAt },
      events: [event(request, 'step-failed', again)],
    };
  }
  const moving = request.state === 'waiting' ? transition(request, 'start') : request;
  const at = now.toISOString();
  const failed = withStep(transition(moving, 'fail'), step, { state: 'failed', at });
  const { code, message } = error;
  const undoing = request.state === 'undoing' ? { undoing: true } : {};
  const failure = { step, code, message, at, ...undoing };
  if (rollsBackByItself(request) && request.state !== 'undoing') {
    return rollBack({ ...failed, failure }, event(request, 'failed', details), at);
  }
  return {
    request: { ...failed, failure, resumeAt: null },
    events: [event(request, 'failed', details)],
  };
}

/** The account goes on with the old credential; what was made for the new one is taken back. */
function rollBack(request: Request, failed: AuditEvent, at: string): Change {
  // What was asked, answered and tried on the way forward does not count on the way back.
  const steps = request.steps.map((record) => ({ ...record, attempts: 0, task: null }));
  const undoing = { ...transition(request, 'undo'), steps, resumeAt: at };
  const details = { after: request.failure?.step ?? null };
  return { request: undoing, events: [failed, event(request, 'rolled-back', details)] };
}

function recordOf(request: Request, step: string): StepRecord {
  const record = request.steps.find(({ id }) => id === step);
  if (record === undefined) throw new Error(`No step ${step} in the journal of ${request.id}`);
  return record;
}

function withStep(request: Request, step: string, change: Partial<StepRecord>): Request {
  const steps = request.steps.map((record) =>
    record.id === step ? { ...record, ...change } : record,
  );
  return { ...request, steps };
}

function event(
  request: Request,
  action: AuditAction,
  details: Record<string, unknown>,
): AuditEvent {
  return { action, actor: 'system', subject: request.id, details };
}
