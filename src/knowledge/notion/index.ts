import { createHash } from 'node:crypto';

import { isAmbiguous, toProductError } from '../../domain/errors.ts';
import { ok, problem } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import type { AdapterDeps } from '../../lib/adapter.ts';
import { defineKnowledge } from '../knowledge-base.ts';
import { knowledgeOn } from '../shelf.ts';
import type { Placed, Shelf, ShelfDocument } from '../shelf.ts';
import { clean, notionFormat, richText } from './blocks.ts';
import type { Block } from './blocks.ts';
import { openClient } from './client.ts';
import type { NotionClient, Properties } from './client.ts';
import { CONTENT, ensureProperties, REFERENCE, textOf } from './properties.ts';
import { notionConfig } from './schema.ts';
import type { NotionConfig, NotionPage } from './schema.ts';

export const notion = defineKnowledge<NotionConfig>({
  id: 'notion',
  name: 'Notion',
  schema: notionConfig,
  example: ['token: env:NOTION_TOKEN', 'data_source_id: 1f0c5a2e-7b1d-80f3-9c55-000b6a1d2c3e'].join(
    '\n',
  ),
  open: (config, deps) => knowledgeOn(openNotion(config, deps), notionFormat),
});

type Document = ShelfDocument<readonly Block[]>;

// https://developers.notion.com/reference/request-limits: 100 children, 1000 blocks a request.
const MOST_CHILDREN = 100;
const MOST_BLOCKS = 1000;
const LONGEST_TITLE = 2000;

function openNotion(config: NotionConfig, { clock }: AdapterDeps): Shelf<readonly Block[]> {
  const client = openClient(config, clock);
  return {
    check: () => checkNotion(client),
    async put(document) {
      const titleName = await ensureProperties(client);
      const found = await find(client, document.marker);
      if (found !== undefined) return bringUpToDate(client, found, titleName, document);
      const made = await create(client, titleName, document);
      return { link: { id: made.id, url: made.url }, made: true };
    },
    async revise(document) {
      const titleName = await ensureProperties(client);
      const found = await find(client, document.marker);
      if (found !== undefined) await bringUpToDate(client, found, titleName, document);
    },
  };
}

/** The oldest page with the marker. */
async function find(client: NotionClient, marker: string): Promise<NotionPage | undefined> {
  const found = await client.pagesWith(REFERENCE, marker);
  return found.toSorted(byAge)[0];
}

function byAge(a: NotionPage, b: NotionPage): number {
  return (
    Date.parse(a.created_time) - Date.parse(b.created_time) ||
    (a.id < b.id ? -1 : Number(a.id > b.id))
  );
}

/** Notion takes any number of pages with the same marker: where two were made at once, the older stays. */
async function create(
  client: NotionClient,
  titleName: string,
  document: Document,
): Promise<NotionPage> {
  const [first = [], ...others] = chunks(document.body);
  const content = others.length === 0 ? digest(document) : '';
  let made: NotionPage | undefined;
  try {
    made = await client.create(propertiesOf(titleName, document, content), first);
  } catch (error) {
    if (!isAmbiguous(error)) throw error;
    made = await find(client, document.marker);
    if (made === undefined) throw error;
  }
  const oldest = (await find(client, document.marker)) ?? made;
  if (oldest.id !== made.id) {
    await client.change(made.id, { in_trash: true });
    return (await bringUpToDate(client, oldest, titleName, document)).page;
  }
  if (textOf(made, CONTENT) !== digest(document)) {
    await fill(client, made.id, titleName, document, others);
  }
  return made;
}

async function bringUpToDate(
  client: NotionClient,
  page: NotionPage,
  titleName: string,
  document: Document,
): Promise<Placed & { readonly page: NotionPage }> {
  const isCurrent =
    textOf(page, CONTENT) === digest(document) && textOf(page, titleName) === titleOf(document);
  const placed = { link: { id: page.id, url: page.url }, made: false };
  if (isCurrent) return { ...placed, page };
  const properties = propertiesOf(titleName, document, '');
  const emptied = await client.change(page.id, { properties, erase_content: true });
  await fill(client, page.id, titleName, document, chunks(document.body));
  return { link: { id: emptied.id, url: emptied.url }, made: false, page: emptied };
}

/** The last call says that the page is whole: a run cut short before it begins again. */
async function fill(
  client: NotionClient,
  id: string,
  titleName: string,
  document: Document,
  parts: readonly (readonly Block[])[],
): Promise<void> {
  for (const part of parts) await client.append(id, part);
  await client.change(id, { properties: propertiesOf(titleName, document, digest(document)) });
}

function propertiesOf(titleName: string, document: Document, content: string): Properties {
  return {
    [titleName]: { title: richText(titleOf(document)) },
    [REFERENCE]: { rich_text: richText(document.marker) },
    [CONTENT]: { rich_text: content === '' ? [] : richText(content) },
  };
}

function titleOf({ title, marker }: Document): string {
  const text = clean(title).slice(0, LONGEST_TITLE).toWellFormed();
  return text === '' ? marker : text;
}

function digest({ body, title }: Document): string {
  return createHash('sha256')
    .update(JSON.stringify([title, body]))
    .digest('hex')
    .slice(0, 16);
}

function chunks(body: readonly Block[]): (readonly Block[])[] {
  const all: Block[][] = [[]];
  let blocks = 0;
  for (const block of body) {
    const size = 1 + (block.type === 'table' ? block.table.children.length : 0);
    if ((all.at(-1)?.length ?? 0) >= MOST_CHILDREN || blocks + size > MOST_BLOCKS) {
      all.push([]);
      blocks = 0;
    }
    all.at(-1)?.push(block);
    blocks += size;
  }
  return all;
}

async function checkNotion(client: NotionClient): Promise<Finding[]> {
  const subject = 'Notion: data source';
  try {
    const { properties } = await client.dataSource();
    const wrong = [REFERENCE, CONTENT].filter(
      (name) => (properties[name]?.type ?? 'rich_text') !== 'rich_text',
    );
    if (wrong.length > 0) {
      const advice = `Rename the properties ${wrong.join(' and ')}: the app keeps texts of its own under these names.`;
      return [problem(subject, 'A property of the app has another type.', advice)];
    }
    return [ok(subject, 'We see it. Whether we may add pages shows with the first one.')];
  } catch (thrown) {
    const error = toProductError(thrown, subject);
    const advice =
      'Check token and data_source_id, and that the database is shared with the integration.';
    return [problem(subject, error.message, advice)];
  }
}
