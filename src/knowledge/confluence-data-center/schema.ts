import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';

export const confluenceDataCenterConfig = z.strictObject({
  /** As people open it, with its context path if it has one. */
  base_url: z.url({ protocol: /^https?$/ }),
  /** A personal access token of the bot. */
  token: z.instanceof(Secret),
  /** Key of the space, as in its links. */
  space: z.string().regex(/^[A-Za-z0-9~_-]+$/, 'a space key such as "IT"'),
  /** New pages go below this page; by default below the space's home page. */
  parent_page_id: z.string().regex(/^\d+$/, 'the number in the page’s link').optional(),
  timeout_ms: z.number().int().min(100).max(120_000).default(15_000),
});

export type ConfluenceDataCenterConfig = z.output<typeof confluenceDataCenterConfig>;

export const contentSchema = z.object({
  id: z.string(),
  title: z.string(),
  status: z.string(),
  version: z.object({ number: z.number(), message: z.string().nullish() }),
  history: z.object({ createdBy: z.object({ userKey: z.string().optional() }) }),
  body: z.object({ storage: z.object({ value: z.string() }) }),
});

export const contentsSchema = z.object({ results: z.array(contentSchema) });
export const hitsSchema = z.object({ results: z.array(z.object({ id: z.string() })) });
export const propertySchema = z.object({ key: z.string(), value: z.unknown() });
export const spaceSchema = z.object({
  key: z.string(),
  name: z.string(),
  homepage: z.object({ id: z.string() }).optional(),
});
/** Somebody who is not signed in has no key. */
export const userSchema = z.object({ userKey: z.string().optional(), displayName: z.string() });
