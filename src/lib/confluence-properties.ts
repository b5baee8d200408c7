import { z } from 'zod';

import { ProductError } from '../domain/errors.ts';
import { path } from './http.ts';
import type { Http } from './http.ts';

const properties = z.object({
  results: z.array(
    z.object({
      id: z.string(),
      key: z.string(),
      value: z.unknown(),
      version: z.object({ number: z.number() }),
    }),
  ),
});

/** What stands beside a page without being seen on it, and without a version of the page. */
export function propertyCalls(http: Http) {
  async function find(pageId: string, key: string) {
    const at = path`/api/v2/pages/${pageId}/properties`;
    const found = await http.send({ method: 'GET', path: at, query: { key }, schema: properties });
    return found.results.find((each) => each.key === key);
  }

  return {
    /** The property's value, undefined when the page has none of that key. */
    async property(pageId: string, key: string): Promise<unknown> {
      return (await find(pageId, key))?.value;
    },

    /** @throws ProductError `not-found`; `conflict` when somebody else was changing it */
    async replaceProperty(pageId: string, key: string, value: unknown): Promise<void> {
      const found = await find(pageId, key);
      if (found === undefined) {
        throw new ProductError('not-found', {
          subject: key,
          message: `Page ${pageId} has no property ${key}.`,
        });
      }
      const at = path`/api/v2/pages/${pageId}/properties/${found.id}`;
      const body = { key, value, version: { number: found.version.number + 1 } };
      await http.send({ method: 'PUT', path: at, body, schema: z.unknown() });
    },

    async addProperty(pageId: string, key: string, value: unknown): Promise<void> {
      const at = path`/api/v2/pages/${pageId}/properties`;
      await http.send({ method: 'POST', path: at, body: { key, value }, schema: z.unknown() });
    },
  };
}
