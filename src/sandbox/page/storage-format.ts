import type { RichElement, RichNode } from './wire.ts';

const TOKEN = /<(\/?)([a-zA-Z][\w:.-]*)([^>]*?)(\/?)>|([^<]+)/g;
/** What is kept of Confluence's storage format; of other tags only their text is. */
const KEPT = new Set([
  'p',
  'h2',
  'h3',
  'ul',
  'ol',
  'li',
  'table',
  'tr',
  'th',
  'td',
  'code',
  'a',
  'hr',
]);
const PANEL = 'ac:rich-text-body';
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  nbsp: '\u00A0',
};

/** A wiki page as a tree of a few harmless tags, for pages that show text only as text. */
export function readStorageFormat(body: string): readonly RichNode[] {
  const root: RichNode[] = [];
  const open: { readonly name: string; readonly children: RichNode[] }[] = [];
  const here = (): RichNode[] => open.at(-1)?.children ?? root;
  for (const [, closing, name = '', attributes = '', empty, text] of body.matchAll(TOKEN)) {
    if (text !== undefined) addText(here(), text);
    else if (closing === '/') {
      if (open.at(-1)?.name === name) open.pop();
    } else {
      const children = addElement(here(), name, attributes);
      if (empty !== '/') open.push({ name, children });
    }
  }
  return root;
}

function addText(into: RichNode[], text: string): void {
  if (text.trim() !== '') into.push(decode(text));
}

/** The list that the element's children go into: of a tag that is not kept, the one around it. */
function addElement(into: RichNode[], name: string, attributes: string): RichNode[] {
  const tag = name === PANEL ? 'aside' : name;
  if (tag !== 'aside' && !KEPT.has(tag)) return into;
  const children: RichNode[] = [];
  const element: RichElement = { tag, href: tag === 'a' ? hrefIn(attributes) : null, children };
  into.push(element);
  return children;
}

function hrefIn(attributes: string): string | null {
  const href = decode(/\bhref="([^"]*)"/.exec(attributes)?.[1] ?? '');
  return /^https?:\/\//i.test(href) ? href : null;
}

function decode(text: string): string {
  return text.replaceAll(/&(#?\w+);/g, (all, name: string) => ENTITIES[name] ?? all);
}
