import { marker } from '../domain/naming.ts';
import { accountIdOf } from '../domain/operation.ts';
import type { OpenTask, Request } from '../domain/request.ts';
import { ACTION } from '../slack/ids.ts';
import type { Performed } from './kit/adapter-sandbox.ts';
import { vendorBehind } from './outside-vendors.ts';
import type { Outside } from './outside.ts';
import type { Actor } from './slack/actor.ts';
import type { Message } from './slack/world.ts';
import { CHANNEL } from './people.ts';
import type { Sandbox } from './run.ts';

export interface TaskToDo {
  readonly step: string;
  readonly task: OpenTask;
}

export function openTaskOf(request: Request): TaskToDo | undefined {
  const record = request.steps.find(({ state }) => state === 'human');
  return record?.task == null ? undefined : { step: record.id, task: record.task };
}

/**
 * A person does what a task in the thread asks: at the vendor, through its sandbox's own doors,
 * then in Slack with the buttons of the task's message, as anybody would.
 */
export async function doTask(sandbox: Sandbox, request: Request, todo: TaskToDo): Promise<void> {
  const { slack, outside } = sandbox;
  const { task, step } = todo;
  const done = doneIn(sandbox);
  if (done.has(keyOf(request, todo))) return;
  const about = { address: request.order.address, marker: marker(accountIdOf(request)) };
  const performed = await whereItIsDone(outside, request, todo).perform(task, about);
  const person = slack.as(task.assignee);
  const message = await slack.waitFor(() => taskMessage(sandbox, request, step), {
    timeoutMs: 20_000,
    what: `the task ${task.id} of ${request.id} in the thread`,
  });
  if (task.deposit !== null && performed.deposit !== null) {
    await deposit(person, message, performed.deposit);
  } else {
    if (performed.deposit !== null) storeByHand(outside, task, performed.deposit);
    await sayDone(person, message, task, performed);
  }
  done.add(keyOf(request, todo));
}

// What was done waits for its check, and nobody does it a second time meanwhile.
const doneTasks = new WeakMap<Sandbox, Set<string>>();

function doneIn(sandbox: Sandbox): Set<string> {
  const keys = doneTasks.get(sandbox) ?? new Set();
  doneTasks.set(sandbox, keys);
  return keys;
}

/** Once a check has answered, or has found something else, it is a new matter. */
function keyOf({ id }: Request, { step, task }: TaskToDo): string {
  return [id, step, task.openedAt, task.checkedAt, task.finding].join('|');
}

/** The sandbox whose doors a person uses for this step. */
export function whereItIsDone(outside: Outside, { order }: Request, { step, task }: TaskToDo) {
  if (['mailbox', 'address', 'close-address'].includes(step))
    return mailOf(outside, order.address, task);
  if (step.startsWith('flow-') || step === 'hide-from-reports') return outside.flow;
  if (order.kind === 'flow-user') return outside.flow;
  if (step === 'automation-secret') return outside.other;
  if (step === 'switch-connection' || step === 'close-connection') {
    return order.kind === 'automation' ? outside.other : outside.flow;
  }
  if (step === 'verify-connection' && order.kind === 'integration') return outside.flow;
  return vendorBehind(outside, order.connection);
}

/** Whoever makes an address by hand also reads its mail. */
function mailOf({ mail, mailByHand }: Outside, address: string, task: OpenTask) {
  const byHand = task.id === 'make-address' || mailByHand.addresses.has(address);
  return byHand ? mailByHand : mail;
}

/** The newest message about this step that still has its button. */
function taskMessage({ slack }: Sandbox, { id }: Request, step: string): Message | undefined {
  return slack.world.messages.findLast(
    ({ channel, blocks }) =>
      channel === CHANNEL.id && JSON.stringify(blocks).includes(`"${id}|${step}"`),
  );
}

async function sayDone(
  person: Actor,
  message: Message,
  task: OpenTask,
  { answers }: Performed,
): Promise<void> {
  await person.click(ACTION.taskDone, { message });
  if (task.fields.length === 0) return;
  await person.openView();
  await person.fillIn(answers);
  const { outcome } = await person.submit();
  if (outcome === 'errors') throw new Error(`The answers to ${task.id} were refused.`);
}

/** Opens the one-time page in a browser without scripts and pastes the value there. */
async function deposit(person: Actor, message: Message, value: string): Promise<void> {
  await person.click(ACTION.deposit, { message });
  const view = await person.openView((open) => JSON.stringify(open.blocks).includes('/deposit/'));
  const text = JSON.stringify(view.blocks);
  const [, url = ''] = /"(http[^"]+\/deposit\/[\w-]+)"/.exec(text) ?? [];
  const [, code = ''] = /\*(\d{6})\*/.exec(text) ?? [];
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ code, credential: value }),
  });
  const page = await answer.text();
  if (answer.status !== 200) throw new Error(`The deposit page refused the value: ${words(page)}`);
  await person.closeView({ all: true });
}

/** Without a one-time page the task names the place in the store, and the person goes there. */
function storeByHand({ vault }: Outside, task: OpenTask, value: string): void {
  const told = task.instructions.map(
    (line) => /under the name (\S+), in the field/.exec(line)?.[1],
  );
  const name = told.find((each) => each !== undefined);
  if (name === undefined) throw new Error(`The task ${task.id} does not say where the value goes.`);
  vault.put(name, value);
}

function words(page: string): string {
  return page
    .replaceAll(/<style[\s\S]*?<\/style>|<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
