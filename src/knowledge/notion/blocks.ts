import type { AccountPage, IndexEntry, PageRow, PageSection } from '../../domain/page.ts';
import type { IndexPage } from '../index-pages.ts';
import type { Format } from '../shelf.ts';

interface Text {
  readonly type: 'text';
  readonly text: { readonly content: string; readonly link?: { readonly url: string } };
}

export type RichText = readonly Text[];

interface Row {
  readonly type: 'table_row';
  readonly table_row: { readonly cells: readonly RichText[] };
}

export type Block =
  | { readonly type: 'paragraph'; readonly paragraph: { readonly rich_text: RichText } }
  | { readonly type: 'heading_2'; readonly heading_2: { readonly rich_text: RichText } }
  | {
      readonly type: 'numbered_list_item';
      readonly numbered_list_item: { readonly rich_text: RichText };
    }
  | {
      readonly type: 'bulleted_list_item';
      readonly bulleted_list_item: { readonly rich_text: RichText };
    }
  | {
      readonly type: 'table';
      readonly table: {
        readonly table_width: number;
        readonly has_column_header: boolean;
        readonly has_row_header: boolean;
        readonly children: readonly Row[];
      };
    };

/**
 * Pages as Notion's blocks. A text there is plain text with a link beside it, so nothing in it can
 * become anything else.
 */
export const notionFormat: Format<readonly Block[]> = { page: renderPage, index: renderIndex };

// https://developers.notion.com/reference/request-limits: 2000 characters a text, 100 children.
const LONGEST_TEXT = 2000;
const MOST_TEXTS = 100;
const MOST_ROWS = 100;

/** A text in pieces that Notion takes; without what JSON or XML exports cannot carry. */
export function richText(text: string, url?: string): RichText {
  const link = url !== undefined && isWebAddress(url) ? { link: { url: new URL(url).href } } : {};
  return pieces(clean(text))
    .slice(0, MOST_TEXTS)
    .map((content) => ({ type: 'text', text: { content, ...link } }));
}

/** Never cut in the middle of a character. */
function pieces(text: string): string[] {
  const found: string[] = [];
  for (let from = 0; from < text.length || found.length === 0;) {
    const piece = text.slice(from, from + LONGEST_TEXT).replace(/[\uD800-\uDBFF]$/, '');
    found.push(piece);
    from += Math.max(1, piece.length);
  }
  return found;
}

export function clean(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim();
}

function isWebAddress(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url) && url.length <= LONGEST_TEXT;
}

function renderPage(page: AccountPage): readonly Block[] {
  const { secret } = page;
  const credential =
    secret === null
      ? []
      : [
          row({
            label: 'Credential',
            value: `${secret.name} in ${secret.store}, version ${secret.version}`,
            url: secret.url,
          }),
        ];
  return [
    paragraph(`Status: ${page.status}`),
    paragraph(page.summary),
    ...tables([...page.rows.map(row), ...credential], null),
    ...page.sections.flatMap(section),
    paragraph(
      `This page is kept by the Flow service accounts app; changes by hand are overwritten. Updated ${page.updatedAt}.`,
    ),
  ];
}

function renderIndex({ summary, groups, parts }: IndexPage): readonly Block[] {
  const head = ['Account', 'Purpose', 'Owner', 'Status', 'Next rotation'].map((text) =>
    richText(text),
  );
  return [
    paragraph(summary),
    ...groups.flatMap(({ title, entries }) => [
      heading(title),
      ...tables(entries.map(entryCells), head),
    ]),
    ...parts.map(({ title, url }): Block => ({
      type: 'bulleted_list_item',
      bulleted_list_item: { rich_text: richText(title, url) },
    })),
    paragraph(
      'This page is kept by the Flow service accounts app; changes by hand are overwritten.',
    ),
  ];
}

function entryCells(entry: IndexEntry): readonly RichText[] {
  const { account, url, purpose, owner, status, nextRotation } = entry;
  const others = [purpose, owner, status, nextRotation ?? 'none'];
  return [richText(account, url), ...others.map((text) => richText(text))];
}

function row({ label, value, url }: PageRow): readonly RichText[] {
  return [richText(label), richText(value, url)];
}

/** As many tables as Notion needs for so many rows, each with the head. */
function tables(
  rows: readonly (readonly RichText[])[],
  head: readonly RichText[] | null,
): readonly Block[] {
  const most = head === null ? MOST_ROWS : MOST_ROWS - 1;
  const count = Math.ceil(rows.length / most);
  return Array.from({ length: count }, (_, n) => {
    const slice = rows.slice(n * most, (n + 1) * most);
    const all = head === null ? slice : [head, ...slice];
    return {
      type: 'table',
      table: {
        table_width: all[0]?.length ?? 0,
        has_column_header: head !== null,
        has_row_header: head === null,
        children: all.map((cells) => ({ type: 'table_row', table_row: { cells } })),
      },
    };
  });
}

function section({ title, paragraphs, steps }: PageSection): readonly Block[] {
  return [
    heading(title),
    ...paragraphs.map(paragraph),
    ...steps.map((step): Block => ({
      type: 'numbered_list_item',
      numbered_list_item: { rich_text: richText(step) },
    })),
  ];
}

function heading(text: string): Block {
  return { type: 'heading_2', heading_2: { rich_text: richText(text) } };
}

function paragraph(text: string): Block {
  return { type: 'paragraph', paragraph: { rich_text: richText(text) } };
}
