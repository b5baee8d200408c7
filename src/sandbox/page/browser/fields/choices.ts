import type { Json } from '../../wire.ts';
import { ask } from '../ask.ts';
import { drawText } from '../blocks/text.ts';
import type { Placed } from '../blocks/scene.ts';
import { freshId, h } from '../dom.ts';
import { isJson, listOf, textOf } from '../json.ts';
import { synced } from './sync.ts';

/** Radio buttons or checkboxes. */
export function drawChoices(placed: Placed): HTMLElement {
  const { element, block, scene, labelledBy, describedBy, invalid } = placed;
  const single = element['type'] === 'radio_buttons';
  const action = textOf(element['action_id']);
  const name = freshId('choice');
  const boxes = listOf(element['options']).map((option) => {
    const value = textOf(option['value']);
    const box = h('input', {
      type: single ? 'radio' : 'checkbox',
      name,
      value,
      'data-focus': `${block}|${action}|${value}`,
    });
    return { box, option };
  });
  const fieldset = h(
    'div',
    {
      class: 'choices',
      role: single ? 'radiogroup' : 'group',
      'aria-labelledby': labelledBy,
      'aria-describedby': describedBy || null,
      'aria-invalid': single && invalid === true ? 'true' : null,
    },
    ...boxes.map(({ box, option }) => drawOption(box, option)),
  );
  fieldset.addEventListener('change', () => {
    const chosen = boxes.filter(({ box }) => box.checked).map(({ box }) => box.value);
    const value = single ? (chosen[0] ?? null) : chosen;
    void ask({ do: 'choose', at: scene.at, block, action, value });
  });
  const show = (value: Json | undefined): void => {
    const chosen = chosenIn(value);
    for (const { box } of boxes) box.checked = chosen.includes(box.value);
  };
  show(scene.values[block]?.[action]);
  synced(fieldset, block, action, show);
  return fieldset;
}

function chosenIn(value: Json | undefined): readonly string[] {
  const one = value?.['selected_option'];
  const several = listOf(value?.['selected_options']);
  return [...several, ...(isJson(one) ? [one] : [])].map((option) => textOf(option['value']));
}

function drawOption(box: HTMLInputElement, option: Json): HTMLElement {
  return h(
    'label',
    { class: 'choice' },
    box,
    h(
      'span',
      {},
      drawText(option['text']),
      isJson(option['description']) &&
        h('span', { class: 'choice-hint' }, drawText(option['description'])),
    ),
  );
}
