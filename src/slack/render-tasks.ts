import type { OpenTask, Request } from '../domain/request.ts';
import type { PostedMessage } from '../records/records.ts';
import { fingerprint, placeOf } from './card.ts';
import type { RoomDeps } from './deps.ts';
import type { Place } from './messenger.ts';
import { showMessage } from './post-once.ts';
import { showDirect } from './render-direct.ts';
import { slackWord } from './slack-errors.ts';
import {
  closedTaskMessage,
  mailArrivedMessage,
  taskDirectMessage,
  taskMessage,
} from './views/task-message.ts';

interface Open {
  readonly step: string;
  readonly task: OpenTask;
}

/** One message per open task, one direct message to its assignee; both say so when it is over. */
export async function renderTasks(request: Request, card: Place, deps: RoomDeps): Promise<void> {
  const open = openTasks(request);
  for (const { step, task } of open) {
    const place = await showMessage(
      {
        requestId: request.id,
        key: taskKey(step, task.id),
        channel: card.channel,
        thread: card.ts,
        message: taskMessage(request, step, task),
        once: false,
      },
      deps,
    );
    const url = deps.messenger.url(place, card.ts);
    const message = taskDirectMessage(request, task, url);
    await showDirect(request, directKey(step, task), task.assignee, message, false, deps);
    if (task.arrival === undefined) continue;
    // A message of its own: editing one that is there tells nobody.
    const arrived = mailArrivedMessage(request, task.arrival, url);
    await showDirect(request, arrivalKey(step, task), task.assignee, arrived, false, deps);
  }
  await closeOthers(request, open, deps);
}

export function openTasks(request: Request): Open[] {
  return request.steps.flatMap(({ id, state, task }) =>
    state === 'human' && task !== null ? [{ step: id, task }] : [],
  );
}

export function taskKey(step: string, task: string): string {
  return `task:${step}:${task}`;
}

function directKey(step: string, task: OpenTask): string {
  return `dm-${taskKey(step, task.id)}:${task.assignee}`;
}

function arrivalKey(step: string, task: OpenTask): string {
  return `${directKey(step, task)}:mail`;
}

async function closeOthers(request: Request, open: readonly Open[], deps: RoomDeps): Promise<void> {
  const current = new Set(
    open.flatMap(({ step, task }) => [
      taskKey(step, task.id),
      directKey(step, task),
      ...(task.arrival === undefined ? [] : [arrivalKey(step, task)]),
    ]),
  );
  for (const posted of await deps.records.messages.list(request.id)) {
    const isTask = posted.key.startsWith('task:') || posted.key.startsWith('dm-task:');
    if (isTask && !current.has(posted.key)) await close(request, posted, deps);
  }
}

async function close(request: Request, posted: PostedMessage, deps: RoomDeps): Promise<void> {
  const place = placeOf(posted);
  if (place === null) return;
  const step = posted.key.split(':')[1] ?? '';
  const record = request.steps.find(({ id }) => id === step);
  const message = closedTaskMessage(
    deps.catalogue.stepTitle(request, step),
    record?.state === 'done',
  );
  const shows = fingerprint(message);
  if (posted.shows === shows) return;
  try {
    await deps.messenger.update(place, message);
  } catch (error) {
    // The message is gone or can no longer be edited; there is nothing left to say in it.
    if (slackWord(error) === undefined) throw error;
  }
  await deps.records.messages.save({ ...posted, shows });
}
