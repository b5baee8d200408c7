import { z } from 'zod';

import { ProductError } from '../../domain/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { createHttp, path } from '../../lib/http.ts';
import type { HttpAnswer } from '../../lib/http.ts';
import type { Block, RichText } from './blocks.ts';
import { dataSourceSchema, pageSchema, pagesSchema } from './schema.ts';
import type { NotionConfig, NotionPage } from './schema.ts';

export type NotionClient = ReturnType<typeof openClient>;

/** Values of our two properties, and the title by the name that the data source gives it. */
export type Properties = Readonly<
  Record<string, { readonly title: RichText } | { readonly rich_text: RichText }>
>;

// Data sources came with this version: https://developers.notion.com/reference/versioning
const VERSION = '2025-09-03';

export function openClient(config: NotionConfig, clock: Clock) {
  const http = createHttp({
    name: 'Notion',
    baseUrl: `${config.api_url.replace(/\/$/, '')}/v1`,
    clock,
    timeoutMs: config.timeout_ms,
    headers: () => ({
      authorization: `Bearer ${config.token.reveal()}`,
      'notion-version': VERSION,
    }),
    explain,
  });
  const source = path`/data_sources/${config.data_source_id}`;
  return {
    dataSource: () => http.send({ method: 'GET', path: source, schema: dataSourceSchema }),
    /** Adds properties for texts. */
    async addProperties(names: readonly string[]): Promise<void> {
      const properties = Object.fromEntries(names.map((name) => [name, { rich_text: {} }]));
      await http.send({ method: 'PATCH', path: source, body: { properties }, schema: z.unknown() });
    },
    /** Pages with exactly this text in a property, the oldest first; none from the trash. */
    async pagesWith(property: string, text: string): Promise<readonly NotionPage[]> {
      const body = {
        filter: { property, rich_text: { equals: text } },
        sorts: [{ timestamp: 'created_time', direction: 'ascending' }],
        page_size: 10,
      };
      const request = { method: 'POST', path: `${source}/query`, body } as const;
      return (await http.send({ ...request, schema: pagesSchema })).results;
    },
    create: (properties: Properties, children: readonly Block[]): Promise<NotionPage> =>
      http.send({
        method: 'POST',
        path: '/pages',
        body: {
          parent: { type: 'data_source_id', data_source_id: config.data_source_id },
          properties,
          children,
        },
        schema: pageSchema,
      }),
    change: (
      id: string,
      change: {
        readonly properties?: Properties;
        readonly erase_content?: true;
        readonly in_trash?: true;
      },
    ): Promise<NotionPage> =>
      http.send({ method: 'PATCH', path: path`/pages/${id}`, body: change, schema: pageSchema }),
    async append(id: string, children: readonly Block[]): Promise<void> {
      const at = path`/blocks/${id}/children`;
      await http.send({ method: 'PATCH', path: at, body: { children }, schema: z.unknown() });
    },
  };
}

function explain({ status }: HttpAnswer): ProductError | undefined {
  const fail = (code: ProductError['code'], message: string): ProductError =>
    new ProductError(code, { subject: 'Notion', message });
  switch (status) {
    case 401:
      return fail('unauthenticated', 'Notion did not accept our token. Check token.');
    case 403:
      return fail(
        'missing-permission',
        'Our integration may not do this in Notion. Give it the capabilities to read, insert and update content.',
      );
    case 404:
      return fail(
        'not-found',
        'Notion shows us no such data source or page. Share the database with our integration, and check data_source_id.',
      );
    case 409:
      return fail('conflict', 'Somebody changed this in Notion meanwhile.');
    case 529:
      return fail('unavailable', 'Notion is overloaded; it goes on by itself.');
    default:
      return undefined;
  }
}
