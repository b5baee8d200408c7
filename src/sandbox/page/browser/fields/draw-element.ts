import type { Placed } from '../blocks/scene.ts';
import { h } from '../dom.ts';
import { textOf } from '../json.ts';
import { drawButton } from './button.ts';
import { drawChoices } from './choices.ts';
import { drawSelect } from './select.ts';
import { drawTextField } from './text-field.ts';

type Draw = (placed: Placed) => HTMLElement;

const ELEMENTS: Readonly<Record<string, Draw>> = {
  button: drawButton,
  workflow_button: drawButton,
  icon_button: drawButton,
  radio_buttons: drawChoices,
  checkboxes: drawChoices,
  plain_text_input: drawTextField,
  email_text_input: drawTextField,
  url_text_input: drawTextField,
  number_input: drawTextField,
  datepicker: drawTextField,
  timepicker: drawTextField,
  image: ({ element }) => h('span', { class: 'picture', role: 'img' }, textOf(element['alt_text'])),
};

/** Something to touch: a button, a field, a choice. */
export function drawElement(placed: Placed): HTMLElement {
  const type = textOf(placed.element['type']);
  const draw = ELEMENTS[type] ?? (type.endsWith('_select') ? drawSelect : undefined);
  if (draw !== undefined) return draw(placed);
  return h('p', { class: 'unknown' }, `An element of the type “${type}” is not drawn here.`);
}
