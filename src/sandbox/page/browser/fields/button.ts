import type { Json } from '../../wire.ts';
import { ask } from '../ask.ts';
import { link } from '../blocks/references.ts';
import type { Placed } from '../blocks/scene.ts';
import { confirmed } from '../confirm.ts';
import { h } from '../dom.ts';
import { isJson, textOf, wordsOf } from '../json.ts';

/** A button; one with an address opens it and tells the app about the click as well. */
export function drawButton(placed: Placed): HTMLElement {
  const { element, block } = placed;
  const style = textOf(element['style']) || 'plain';
  const action = textOf(element['action_id']);
  const props = { class: `button ${style}`, 'data-focus': `${block}|${action}` };
  const label = wordsOf(element['text']) || 'Open';
  const url = textOf(element['url']);
  if (url === '') return pressable(placed, props, label);
  const opener = link(url, label, props);
  opener.addEventListener('click', () => void click(placed));
  return opener;
}

function pressable(placed: Placed, props: Record<string, string>, label: string): HTMLElement {
  const { element } = placed;
  const spoken = nameFor(label, textOf(element['accessibility_label']));
  const button = h('button', { ...props, type: 'button', 'aria-label': spoken }, label);
  button.addEventListener('click', () => {
    void press(button, element, placed);
  });
  return button;
}

/** Whoever speaks to the machine says what is written, so the spoken name begins with it. */
function nameFor(label: string, spoken: string): string | null {
  if (spoken === '') return null;
  return spoken.toLowerCase().includes(label.toLowerCase()) ? spoken : `${label}: ${spoken}`;
}

async function press(button: HTMLButtonElement, element: Json, placed: Placed): Promise<void> {
  const { confirm } = element;
  if (button.ariaBusy === 'true' || (isJson(confirm) && !(await confirmed(confirm)))) return;
  button.ariaBusy = 'true';
  await click(placed);
  button.ariaBusy = null;
}

function click({ element, block, scene }: Placed): Promise<unknown> {
  return ask({ do: 'click', at: scene.at, block, action: textOf(element['action_id']) });
}
