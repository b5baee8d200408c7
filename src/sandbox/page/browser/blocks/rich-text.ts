import type { Json } from '../../wire.ts';
import { h } from '../dom.ts';
import { isJson, listOf, textOf } from '../json.ts';
import { emoji } from './emoji.ts';
import { link, mention, mentionGroup } from './references.ts';

export function drawRichText(block: Json): HTMLElement {
  return h('div', { class: 'rich-text' }, ...listOf(block['elements']).map(drawPart));
}

function drawPart(part: Json): HTMLElement {
  const elements = listOf(part['elements']);
  switch (part['type']) {
    case 'rich_text_list':
      return h(
        part['style'] === 'ordered' ? 'ol' : 'ul',
        {},
        ...elements.map((item) => h('li', {}, drawPart(item))),
      );
    case 'rich_text_quote':
      return h('blockquote', {}, ...elements.map(drawInline));
    case 'rich_text_preformatted':
      return h('pre', {}, ...elements.map(drawInline));
    default:
      return h('span', {}, ...elements.map(drawInline));
  }
}

function drawInline(element: Json): Node {
  switch (element['type']) {
    case 'link':
      return link(textOf(element['url']), textOf(element['text']) || textOf(element['url']));
    case 'user':
      return mention(textOf(element['user_id']));
    case 'usergroup':
      return mentionGroup(textOf(element['usergroup_id']));
    case 'emoji': {
      const name = textOf(element['name']);
      return emoji(name) ?? document.createTextNode(`:${name}:`);
    }
    case 'date':
      return document.createTextNode(textOf(element['fallback']));
    default:
      return styled(textOf(element['text']), element['style']);
  }
}

function styled(text: string, style: unknown): Node {
  if (!isJson(style)) return document.createTextNode(text);
  if (style['code'] === true) return h('code', {}, text);
  if (style['bold'] === true) return h('strong', {}, text);
  if (style['italic'] === true) return h('em', {}, text);
  if (style['strike'] === true) return h('s', {}, text);
  return document.createTextNode(text);
}
