import type { Button, KnownBlock } from '@slack/types';

import type { OpenTask, Request } from '../../domain/request.ts';
import { button, context, linkButton, message, note, section } from '../blocks.ts';
import type { Message } from '../blocks.ts';
import { ACTION } from '../ids.ts';
import { bold, join, joinUpTo, link, moment, person, say, words } from '../text.ts';
import type { Markup } from '../text.ts';

/** Which task a button is about. */
function taskValue(requestId: string, step: string): string {
  return `${requestId}|${step}`;
}

export function readTaskValue(value: string): { requestId: string; step: string } {
  const [requestId = '', step = ''] = value.split('|');
  return { requestId, step };
}

/** A task for one person: what to do, where, what the last check saw, and the button to say so. */
export function taskMessage(request: Request, step: string, task: OpenTask): Message {
  const text = say`${person(task.assignee)}, ${request.id} needs you: ${words(task.title, 200)}.`;
  const blocks: KnownBlock[] = [
    section(
      say`:bust_in_silhouette: ${bold(words(task.title, 200))}\nFor ${person(task.assignee)}`,
    ),
    section(instructions(task)),
    ...warnings(task),
    ...lastCheck(task),
    context(after(request, task)),
    { type: 'actions', elements: taskButtons(request.id, step, task) },
  ];
  return message(text, blocks);
}

function instructions(task: OpenTask): Markup {
  const steps = task.instructions.map((text, index) => say`${index + 1}. ${words(text, 500)}`);
  return steps.length === 0 ? say`Please do what the title says.` : joinUpTo(steps, 2900);
}

function warnings(task: OpenTask): KnownBlock[] {
  if (task.warnings.length === 0) return [];
  const lines = task.warnings.map((text) => say`:warning: ${words(text, 400)}`);
  return [section(joinUpTo(lines, 1500))];
}

/** What the check saw and when: people who chose “Done” look for whether it was about them. */
function lastCheck({ finding, checkedAt, openedAt }: OpenTask): KnownBlock[] {
  if (checkedAt === null) {
    const before = finding === null ? say`` : say` The check before found: ${words(finding, 600)}`;
    return [section(say`:mag: ${bold('Being checked now.')}${before}`)];
  }
  if (finding === null && checkedAt === openedAt) return [];
  const seen = finding ?? 'It is not done yet.';
  return [section(say`:mag: ${bold('Last check')}, ${moment(checkedAt)}: ${words(seen, 600)}`)];
}

function after(request: Request, task: OpenTask): Markup {
  const proof = 'It is checked, not taken on trust.';
  const self =
    task.pollMs === null
      ? say`Choose “Done” when it is. ${proof}`
      : say`Choose “Done” when it is; it is also checked every ${minutes(task.pollMs)}. ${proof}`;
  return say`${request.id} · opened ${moment(task.openedAt)} · ${self}`;
}

function minutes(ms: number): string {
  const count = Math.max(1, Math.round(ms / 60_000));
  return count === 1 ? 'minute' : `${count} minutes`;
}

const MOST_LINKS = 5;
/** All addresses together: a message as a whole has a limit, too. */
const LONGEST_LINKS = 4000;

function taskButtons(requestId: string, step: string, task: OpenTask): Button[] {
  const value = taskValue(requestId, step);
  const links = linksThatFit(task).flatMap(
    ({ label, url }, index) => linkButton(`${ACTION.link}:${index}`, label, url) ?? [],
  );
  const deposit =
    task.deposit === null
      ? []
      : [
          button({
            id: ACTION.deposit,
            label: 'Get the one-time page',
            spoken: `Get the one-time page to hand in the credential of ${requestId}`,
            value,
          }),
        ];
  const done = button({
    id: ACTION.taskDone,
    label: task.fields.length === 0 ? 'Done' : 'Done…',
    spoken: `Done: ${task.title}`,
    value,
    style: 'primary',
  });
  return [done, ...deposit, ...links];
}

function linksThatFit({ links }: OpenTask): OpenTask['links'] {
  let length = 0;
  return links.slice(0, MOST_LINKS).filter(({ url }) => {
    length += url.length;
    return length <= LONGEST_LINKS;
  });
}

/** What is left of a task's message when nothing is to be done any more. */
export function closedTaskMessage(title: string, done: boolean): Message {
  return note(
    done
      ? say`:white_check_mark: Done and checked: ${words(title, 300)}`
      : say`:heavy_minus_sign: No longer needed: ${words(title, 300)}`,
  );
}

/** To the assignee alone, so that nobody has to watch the channel. */
export function taskDirectMessage(request: Request, task: OpenTask, url: string | null): Message {
  const where =
    url === null ? say`The task is in the request's thread.` : link(url, 'Open the task');
  return note(
    join([
      say`${request.id} needs you: ${words(task.title, 300)}`,
      say`${where}. Everything you need is there.`,
    ]),
  );
}

/** To the assignee alone: what the task waited for can be opened now. */
export function mailArrivedMessage(request: Request, arrival: string, url: string | null): Message {
  const back = url === null ? say`` : say` ${link(url, 'Open the task')}`;
  return note(say`:envelope_with_arrow: ${request.id}: ${words(arrival, 600)}${back}`);
}

/** To whoever chose “Done”, while the check runs. */
export function checkingNote(request: Request): Message {
  return note(
    say`Thank you. ${request.id} is being checked now; the thread shows what the check finds.`,
  );
}
