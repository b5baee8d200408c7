import type { BoardEntry, RichNode } from '../../wire.ts';
import { ask } from '../ask.ts';
import { link } from '../blocks/references.ts';
import { h } from '../dom.ts';
import { linkTo } from '../place.ts';

/** One page of a system: a stored credential, a wiki page, a mail. */
export function drawEntry(board: string, entry: BoardEntry): HTMLElement {
  return h(
    'section',
    { class: 'card entry' },
    h(
      'div',
      { class: 'with-cross' },
      h('h2', {}, entry.title),
      h(
        'a',
        {
          class: 'cross',
          'aria-label': 'Close this page',
          href: linkTo({ view: 'board', id: board }),
        },
        '×',
      ),
    ),
    entry.facts.length > 0 &&
      h(
        'dl',
        { class: 'facts' },
        ...entry.facts.flatMap(([label, value]) => [h('dt', {}, label), h('dd', {}, value)]),
      ),
    entry.body.length > 0 && h('div', { class: 'page-body' }, ...entry.body.map(drawRich)),
    entry.reveal !== null && drawReveal(entry.reveal),
  );
}

const TAGS = ['p', 'h2', 'h3', 'ul', 'ol', 'li', 'table', 'tr', 'th', 'td', 'code', 'hr', 'aside'];

function drawRich(node: RichNode): Node {
  if (typeof node === 'string') return document.createTextNode(node);
  const children = node.children.map(drawRich);
  if (node.tag === 'a') return link(node.href ?? '', textIn(node.children));
  const tag = TAGS.find((one) => one === node.tag) ?? 'span';
  const element = document.createElement(tag === 'h2' ? 'h3' : tag);
  element.append(...children);
  return element;
}

function textIn(nodes: readonly RichNode[]): string {
  return nodes.map((node) => (typeof node === 'string' ? node : textIn(node.children))).join('');
}

/** The value, for the owners alone; others are told that it is not theirs to see. */
function drawReveal(name: string): HTMLElement {
  const value = h('code', { class: 'revealed', 'aria-live': 'polite', hidden: true });
  const button = h('button', { type: 'button', class: 'button plain' }, 'Reveal the value');
  button.addEventListener('click', () => {
    void (async () => {
      if (!value.hidden) {
        value.hidden = true;
        value.textContent = '';
        button.textContent = 'Reveal the value';
        return;
      }
      const revealed = await ask<string>({ do: 'reveal', name });
      if (revealed === null) return;
      value.textContent = revealed;
      value.hidden = false;
      button.textContent = 'Hide it';
    })();
  });
  return h(
    'div',
    { class: 'reveal' },
    button,
    value,
    h(
      'p',
      { class: 'quiet' },
      'Only the owners of the account may see it. It is made up, as everything here.',
    ),
  );
}
