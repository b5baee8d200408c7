import { ProductError } from '../../domain/errors.ts';
import type { NotionClient } from './client.ts';
import type { NotionPage } from './schema.ts';

/** Holds the marker. */
export const REFERENCE = 'Reference';
/** Tells which text the page holds whole; written last. */
export const CONTENT = 'Content';

/**
 * The name of the title, once our properties are there; those that are missing are added.
 * @throws ProductError `invalid-config` when one of them is there with another type
 */
export async function ensureProperties(client: NotionClient): Promise<string> {
  const { properties } = await client.dataSource();
  for (const name of [REFERENCE, CONTENT]) {
    const type = properties[name]?.type;
    if (type === undefined || type === 'rich_text') continue;
    throw new ProductError('invalid-config', {
      subject: 'Notion',
      message: `The property ${name} of the data source is of the type ${type}; it must be a text. Rename it, then retry.`,
    });
  }
  const missing = [REFERENCE, CONTENT].filter((name) => properties[name] === undefined);
  if (missing.length > 0) await client.addProperties(missing);
  const title = Object.entries(properties).find(([, { type }]) => type === 'title')?.[0];
  if (title !== undefined) return title;
  throw new ProductError('unexpected-answer', {
    subject: 'Notion',
    message: 'The data source in Notion has no title property.',
  });
}

export function textOf(page: NotionPage, property: string): string {
  const { rich_text = [], title = [] } = page.properties[property] ?? {};
  return [...title, ...rich_text].map(({ plain_text }) => plain_text).join('');
}
