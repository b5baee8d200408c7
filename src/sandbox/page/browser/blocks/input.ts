import type { Json } from '../../wire.ts';
import { freshId, h } from '../dom.ts';
import { drawElement } from '../fields/draw-element.ts';
import { isJson, textOf, wordsOf } from '../json.ts';
import type { Scene } from './scene.ts';

/** Several things to touch, which share one label. */
const GROUPS = ['radio_buttons', 'checkboxes'];

/** A field with its label, its hint, and what is wrong with it. */
export function drawInput(block: Json, scene: Scene): HTMLElement {
  const id = textOf(block['block_id']);
  const { element } = block;
  const hint = wordsOf(block['hint']);
  const error = scene.errors[id];
  const optional = block['optional'] === true;
  const [labelId, hintId, errorId] = [freshId('label'), freshId('hint'), freshId('error')];
  const fieldId = freshId('field');
  const isGroup = isJson(element) && GROUPS.includes(textOf(element['type']));
  const describedBy = [error !== undefined && errorId, hint !== '' && hintId].filter(Boolean);
  return h(
    'div',
    { class: error === undefined ? 'input' : 'input wrong', 'data-input': id },
    h(
      isGroup ? 'div' : 'label',
      { class: 'input-label', id: labelId, for: isGroup ? null : fieldId },
      wordsOf(block['label']),
      optional && h('span', { class: 'quiet' }, ' (optional)'),
    ),
    isJson(element) &&
      drawElement({
        element,
        block: id,
        scene,
        fieldId,
        labelledBy: labelId,
        describedBy: describedBy.join(' '),
        invalid: error !== undefined,
        required: !optional,
        dispatches: block['dispatch_action'] === true,
      }),
    error !== undefined && h('p', { class: 'input-error', id: errorId }, error),
    hint !== '' && h('p', { class: 'input-hint', id: hintId }, hint),
  );
}
