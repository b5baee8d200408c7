import { marker } from '../../domain/naming.ts';
import { accountIdOf } from '../../domain/operation.ts';
import type { Request } from '../../domain/request.ts';
import { openTaskOf, whereItIsDone } from '../hands.ts';
import type { TaskToDo } from '../hands.ts';
import { cardSpot } from './spots.ts';
import type { Stage } from './stage.ts';
import type { BroughtBack, HumanStep } from './wire.ts';

/** A task that waits for somebody, and the system whose pages it is done in. */
interface Waiting {
  readonly request: Request;
  readonly todo: TaskToDo;
  readonly system: string;
}

export function waitingSteps(stage: Stage, requests: readonly Request[]): readonly Waiting[] {
  return requests.flatMap((request) => {
    const todo = openTaskOf(request);
    if (todo === undefined) return [];
    const system = systemOf(stage, request, todo);
    return system === undefined ? [] : [{ request, todo, system }];
  });
}

export function describeStep(stage: Stage, { request, todo }: Waiting): HumanStep {
  const { task, step } = todo;
  const { title, assignee, instructions } = task;
  return {
    request: request.id,
    step,
    title,
    assignee,
    instructions,
    spot: cardSpot(stage, request.id),
  };
}

/**
 * Does at the vendor what the task says, as its person would in the vendor's pages.
 * @throws Error with the vendor's own refusal
 */
export async function performStep(
  stage: Stage,
  by: string,
  wanted: { readonly request: string; readonly step: string },
): Promise<BroughtBack> {
  const request = await stage.product.records.get(wanted.request);
  const todo = openTaskOf(request);
  if (todo?.step !== wanted.step) throw new Error('This step is not open any more.');
  if (todo.task.assignee !== by) throw new Error('This step belongs to somebody else.');
  const { outside } = stage.sandbox;
  const about = { address: request.order.address, marker: marker(accountIdOf(request)) };
  const { answers, deposit } = await whereItIsDone(outside, request, todo).perform(
    todo.task,
    about,
  );
  stage.sandbox.slack.world.changed();
  const label = (id: string): string =>
    todo.task.fields.find((field) => field.id === id)?.label ?? id;
  return {
    answers: Object.entries(answers).map(([id, value]) => [label(id), value] as const),
    deposit,
  };
}

function systemOf({ sandbox }: Stage, request: Request, todo: TaskToDo): string | undefined {
  const where: unknown = whereItIsDone(sandbox.outside, request, todo);
  return Object.entries(sandbox.outside).find(([, part]) => part === where)?.[0];
}
