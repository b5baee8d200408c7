import type { Json } from '../../wire.ts';
import { h } from '../dom.ts';
import { listOf, textOf } from '../json.ts';
import { drawRichText } from './rich-text.ts';

/** A table block; its first row is its head. */
export function drawTable(block: Json): HTMLElement {
  const rows: readonly unknown[] = Array.isArray(block['rows']) ? block['rows'] : [];
  const [head, ...body] = rows.map((row) => listOf(row));
  const caption = textOf(block['caption']);
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption || 'Table' },
    h(
      'table',
      { class: 'table' },
      caption !== '' && h('caption', {}, caption),
      h(
        'thead',
        {},
        h('tr', {}, ...(head ?? []).map((one) => h('th', { scope: 'col' }, cell(one)))),
      ),
      h(
        'tbody',
        {},
        ...body.map((row) => h('tr', {}, ...row.map((one) => h('td', {}, cell(one))))),
      ),
    ),
  );
}

function cell(content: Json): Node {
  if (content['type'] === 'rich_text') return drawRichText(content);
  return document.createTextNode(textOf(content['text']));
}
