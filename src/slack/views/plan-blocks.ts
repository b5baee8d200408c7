import type { KnownBlock, RichTextBlock, TaskCardBlock } from '@slack/types';

import { counted } from '../../domain/counted.ts';
import type { Request, StepRecord, StepState } from '../../domain/request.ts';
import { section } from '../blocks.ts';
import type { Catalogue } from '../catalogue.ts';
import { clip, joinUpTo, person, say } from '../text.ts';
import type { Markup } from '../text.ts';

/** `plan` is Slack's own block; `plain` is for clients that do not draw it. */
export type BlockStyle = 'plan' | 'plain';

/** The steps of the request and how each one stands. */
export function planBlocks(
  request: Request,
  catalogue: Catalogue,
  style: BlockStyle,
): KnownBlock[] {
  if (request.steps.length === 0) return [];
  const title = planTitle(request);
  if (style === 'plain') {
    const lines = request.steps.map((step) => line(step, catalogue.stepTitle(request, step.id)));
    return [section(say`*${title}*\n${joinUpTo(lines, 2800)}`)];
  }
  const tasks = request.steps
    .slice(0, 30)
    .map((step) => card(step, catalogue.stepTitle(request, step.id)));
  return [{ type: 'plan', title, tasks }];
}

function planTitle({ steps }: Request): string {
  const finished = steps.filter(({ state }) => state === 'done').length;
  const undone = steps.filter(({ state }) => state === 'undone').length;
  if (undone > 0) return `${undone} of ${steps.length} steps are undone`;
  return finished === 0
    ? `The plan: ${counted(steps.length, 'steps')}`
    : `${finished} of ${steps.length} steps are done`;
}

const STATUS: Readonly<Record<StepState, TaskCardBlock['status']>> = {
  pending: 'pending',
  running: 'in_progress',
  human: 'in_progress',
  done: 'complete',
  failed: 'error',
  undone: 'complete',
};

const WORDS: Readonly<Record<StepState, string>> = {
  pending: ':white_circle: To do',
  running: ':hourglass_flowing_sand: Under way',
  human: ':bust_in_silhouette: Needs a person',
  done: ':white_check_mark: Done',
  failed: ':x: Stopped',
  undone: ':leftwards_arrow_with_hook: Undone',
};

function card(step: StepRecord, title: string): TaskCardBlock {
  const prefix = step.state === 'undone' ? 'Undone: ' : '';
  return {
    type: 'task_card',
    task_id: step.id,
    title: clip(`${prefix}${title}`, 100),
    status: STATUS[step.state],
    ...(step.state === 'human' && step.task !== null
      ? { details: waitingFor(step.task.assignee) }
      : {}),
  };
}

function waitingFor(id: string): RichTextBlock {
  const who = /^[UW][A-Z0-9]+$/u.test(id)
    ? ({ type: 'user', user_id: id } as const)
    : ({ type: 'text', text: clip(id, 60) } as const);
  return {
    type: 'rich_text',
    elements: [
      {
        type: 'rich_text_section',
        elements: [{ type: 'text', text: 'Waiting for ' }, who],
      },
    ],
  };
}

function line(step: StepRecord, title: string): Markup {
  const wait =
    step.state === 'human' && step.task !== null ? say` (${person(step.task.assignee)})` : say``;
  return say`${WORDS[step.state]}: ${title}${wait}`;
}
