import { z } from 'zod';

const link = z.strictObject({ url: z.url().max(2000) });
const text = z.strictObject({
  type: z.literal('text'),
  text: z.strictObject({ content: z.string().max(2000), link: link.optional() }),
});
export const richText = z.array(text).max(100);
const content = z.strictObject({ rich_text: richText });
const row = z.strictObject({
  type: z.literal('table_row'),
  table_row: z.strictObject({ cells: z.array(richText).min(1).max(100) }),
});
const table = z
  .strictObject({
    table_width: z.int().min(1).max(100),
    has_column_header: z.boolean(),
    has_row_header: z.boolean(),
    children: z.array(row).min(1).max(100),
  })
  .refine(
    ({ table_width, children }) =>
      children.every(({ table_row }) => table_row.cells.length === table_width),
    'Number of cells in table row must match the table width',
  );
const block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('paragraph'), paragraph: content }),
  z.strictObject({ type: z.literal('heading_2'), heading_2: content }),
  z.strictObject({ type: z.literal('numbered_list_item'), numbered_list_item: content }),
  z.strictObject({ type: z.literal('bulleted_list_item'), bulleted_list_item: content }),
  z.strictObject({ type: z.literal('table'), table }),
]);

/** At most 100 at one level and 1000 in a request. */
export const children = z
  .array(block)
  .max(100)
  .refine((blocks) => blocks.reduce((sum, each) => sum + sizeOf(each), 0) <= 1000, 'Too many');

export type SandboxBlock = z.output<typeof block>;
export type SandboxText = z.output<typeof richText>;

function sizeOf(each: z.output<typeof block>): number {
  return 1 + (each.type === 'table' ? each.table.children.length : 0);
}

/** What a reader sees, links beside their texts: `text⟦https://…⟧`. */
export function plainText(blocks: readonly SandboxBlock[]): string {
  return blocks.map(lineOf).join('\n');
}

function lineOf(each: SandboxBlock): string {
  switch (each.type) {
    case 'paragraph':
      return show(each.paragraph.rich_text);
    case 'heading_2':
      return show(each.heading_2.rich_text);
    case 'numbered_list_item':
      return show(each.numbered_list_item.rich_text);
    case 'bulleted_list_item':
      return show(each.bulleted_list_item.rich_text);
    case 'table':
      return each.table.children
        .map(({ table_row }) => table_row.cells.map(show).join('\t'))
        .join('\n');
  }
}

export function show(texts: SandboxText): string {
  return texts
    .map(({ text }) => text.content + (text.link === undefined ? '' : `⟦${text.link.url}⟧`))
    .join('');
}
