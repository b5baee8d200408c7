import type { Json } from '../wire.ts';
import { drawText } from './blocks/text.ts';
import { freshId, h } from './dom.ts';
import { textOf, wordsOf } from './json.ts';

/** Slack's confirmation dialog; true when the person is sure. */
export function confirmed(confirm: Json): Promise<boolean> {
  return new Promise((resolve) => {
    const title = freshId('confirm');
    const style = textOf(confirm['style']) || 'primary';
    const yes = h(
      'button',
      { type: 'button', class: `button ${style}` },
      wordsOf(confirm['confirm']),
    );
    const no = h('button', { type: 'button', class: 'button plain' }, wordsOf(confirm['deny']));
    const dialog = h(
      'dialog',
      { class: 'dialog confirm', 'aria-labelledby': title },
      h('h2', { id: title }, wordsOf(confirm['title'])),
      h('p', {}, drawText(confirm['text'])),
      h('div', { class: 'dialog-foot' }, no, yes),
    );
    function end(sure: boolean): void {
      dialog.close();
      dialog.remove();
      resolve(sure);
    }
    yes.addEventListener('click', () => end(true));
    no.addEventListener('click', () => end(false));
    dialog.addEventListener('cancel', () => end(false));
    document.body.append(dialog);
    dialog.showModal();
    yes.focus();
  });
}
