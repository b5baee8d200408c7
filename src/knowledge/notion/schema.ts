import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';

const ID = /^[\da-f]{8}-?(?:[\da-f]{4}-?){3}[\da-f]{12}$/;

export const notionConfig = z.strictObject({
  api_url: z.url({ protocol: /^https?$/ }).default('https://api.notion.com'),
  /** Secret of an internal integration. */
  token: z.instanceof(Secret),
  /** Id of the data source (the table of a database) that is shared with the integration. */
  data_source_id: z
    .string()
    .toLowerCase()
    .regex(ID, 'a data source’s id such as "1f0c5a2e-7b1d-80f3-9c55-000b6a1d2c3e"'),
  timeout_ms: z.number().int().min(100).max(120_000).default(15_000),
});

export type NotionConfig = z.output<typeof notionConfig>;

export const dataSourceSchema = z.object({
  properties: z.record(z.string(), z.object({ type: z.string() })),
});

const plain = z.array(z.object({ plain_text: z.string() }));

export const pageSchema = z.object({
  id: z.string(),
  url: z.string(),
  created_time: z.string(),
  properties: z.record(
    z.string(),
    z.object({ type: z.string(), rich_text: plain.optional(), title: plain.optional() }),
  ),
});

export type NotionPage = z.output<typeof pageSchema>;

export const pagesSchema = z.object({ results: z.array(pageSchema) });
