import type { Json } from '../../wire.ts';
import { h } from '../dom.ts';
import { isJson, listOf, textOf } from '../json.ts';
import { unescape } from './mrkdwn.ts';
import { drawRichText } from './rich-text.ts';

const STATES: Readonly<Record<string, string>> = {
  pending: 'to do',
  in_progress: 'under way',
  complete: 'done',
  error: 'stopped',
};

/** The steps of a plan and how each stands; the state is told in words, not by colour alone. */
export function drawPlan(block: Json): HTMLElement {
  const tasks = listOf(block['tasks']);
  const done = tasks.filter(({ status }) => status === 'complete').length;
  return h(
    'section',
    { class: 'plan' },
    h(
      'div',
      { class: 'plan-head' },
      h('strong', {}, unescape(textOf(block['title']))),
      h('progress', {
        max: tasks.length,
        value: done,
        'aria-label': `${done} of ${tasks.length} steps are done`,
      }),
    ),
    h('ul', { class: 'plan-tasks' }, ...tasks.map(drawTask)),
  );
}

export function drawTask(task: Json): HTMLElement {
  const status = textOf(task['status']);
  const extras = [task['details'], task['output']].filter(isJson);
  return h(
    'li',
    { class: `plan-task ${status}` },
    h('span', { class: 'plan-mark', 'aria-hidden': 'true' }),
    h(
      'div',
      {},
      h('span', { class: 'plan-title' }, unescape(textOf(task['title']))),
      h('span', { class: 'visually-hidden' }, ` (${STATES[status] ?? status})`),
      ...extras.map((extra) => h('div', { class: 'plan-extra' }, drawRichText(extra))),
    ),
  );
}
