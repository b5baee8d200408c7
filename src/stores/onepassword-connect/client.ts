import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';
import type { Clock } from '../../lib/clock.ts';
import { createHttp, path } from '../../lib/http.ts';
import { SYSTEM, explain } from './failures.ts';
import * as schema from './schema.ts';
import type { ConnectConfig, Item } from './schema.ts';

export type ConnectClient = ReturnType<typeof createConnectClient>;

/** The calls of 1Password Connect that the store needs. */
export function createConnectClient(config: ConnectConfig, clock: Clock) {
  const http = createHttp({
    name: SYSTEM,
    baseUrl: config.connect_url,
    clock,
    timeoutMs: config.timeout_ms,
    headers: () => ({ authorization: `Bearer ${config.token.reveal()}` }),
    explain,
  });
  const all = path`/v1/vaults/${config.vault}/items`;
  const at = (id: string): string => `${all}${path`/${id}`}`;
  return {
    /** Items of exactly this title; a title may be there more than once. */
    async titled(title: string) {
      const query = { filter: `title eq "${title}"` };
      const found = await http.send({ method: 'GET', path: all, query, schema: schema.summaries });
      return found.filter((each) => each.title === title);
    },

    item: (id: string) => http.send({ method: 'GET', path: at(id), schema: schema.item }),

    /** Always makes a new item. */
    create: (item: Readonly<Record<string, unknown>>) =>
      http.send({
        method: 'POST',
        path: all,
        body: { ...open(item), vault: { id: config.vault } },
        schema: schema.item,
      }),

    replace: (item: Item) =>
      http.send({ method: 'PUT', path: at(item.id), body: open(item), schema: schema.item }),

    remove: (id: string) => http.send({ method: 'DELETE', path: at(id), schema: z.unknown() }),

    health: () => http.send({ method: 'GET', path: '/health', schema: schema.health }),

    vaults: () => http.send({ method: 'GET', path: '/v1/vaults', schema: schema.vaults }),
  };
}

/** The item as Connect wants it: a `Secret` would be written as its placeholder. */
function open(item: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const fields = item['fields'];
  if (!Array.isArray(fields)) return { ...item };
  const opened = (fields as Record<string, unknown>[]).map((field) => {
    const { value } = field;
    return value instanceof Secret ? { ...field, value: value.reveal() } : field;
  });
  return { ...item, fields: opened };
}
