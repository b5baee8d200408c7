import { z } from 'zod';

import { hasCode, ProductError } from '../../domain/errors.ts';
import type { AdapterDeps } from '../../lib/adapter.ts';
import { createHttp, path } from '../../lib/http.ts';
import type { HttpAnswer } from '../../lib/http.ts';
import { addressesSchema, rulesSchema, settingsSchema } from './schema.ts';
import type { CloudflareConfig } from './schema.ts';

export const NAME = 'Cloudflare';

export type CloudflareClient = ReturnType<typeof createClient>;
export type Rule = z.output<typeof rulesSchema>['result'][number];
export type Destination = z.output<typeof addressesSchema>['result'][number];

export interface NewRule {
  readonly name: string;
  readonly enabled: true;
  readonly matchers: readonly { type: 'literal'; field: 'to'; value: string }[];
  readonly actions: readonly { type: 'forward'; value: readonly string[] }[];
}

const PER_PAGE = 50;
const LAST_PAGE = 100;

export function createClient(config: CloudflareConfig, deps: AdapterDeps) {
  const http = createHttp({
    name: NAME,
    baseUrl: config.api_url,
    clock: deps.clock,
    timeoutMs: config.timeout_ms,
    headers: () => ({ authorization: `Bearer ${config.api_token.reveal()}` }),
    explain,
  });
  const { zone_id, account_id } = config;
  const rules = path`/zones/${zone_id}/email/routing/rules`;
  const one = (id: string) => path`/zones/${zone_id}/email/routing/rules/${id}`;
  const addresses = path`/accounts/${account_id}/email/routing/addresses`;

  return {
    rules: () =>
      everyPage((page) =>
        http.send({
          method: 'GET',
          path: rules,
          query: { page, per_page: PER_PAGE },
          schema: rulesSchema,
        }),
      ),
    destinations: () =>
      everyPage((page) =>
        http.send({
          method: 'GET',
          path: addresses,
          query: { page, per_page: PER_PAGE },
          schema: addressesSchema,
        }),
      ),
    async addRule(body: NewRule): Promise<void> {
      await http.send({ method: 'POST', path: rules, body, schema: z.unknown() });
    },
    async changeRule(id: string, body: NewRule): Promise<void> {
      await http.send({ method: 'PUT', path: one(id), body, schema: z.unknown() });
    },
    async removeRule(id: string): Promise<void> {
      try {
        await http.send({ method: 'DELETE', path: one(id), schema: z.unknown() });
      } catch (error) {
        if (!hasCode(error, 'not-found')) throw error;
      }
    },
    async settings() {
      const call = path`/zones/${zone_id}/email/routing`;
      return (await http.send({ method: 'GET', path: call, schema: settingsSchema })).result;
    },
    /** May the token look at something that is none of the app's business? */
    async mayRead(call: string): Promise<boolean> {
      try {
        await http.send({ method: 'GET', path: call, query: { per_page: 5 }, schema: z.unknown() });
        return true;
      } catch (error) {
        if (hasCode(error, 'missing-permission', 'unauthenticated', 'not-found')) return false;
        throw error;
      }
    },
  };
}

async function everyPage<T>(
  get: (page: number) => Promise<{
    readonly result: T[];
    readonly result_info?: { total_pages?: number | undefined } | null | undefined;
  }>,
): Promise<T[]> {
  const found: T[] = [];
  for (let page = 1; page <= LAST_PAGE; page += 1) {
    const { result, result_info } = await get(page);
    found.push(...result);
    const isLast = page >= (result_info?.total_pages ?? Infinity) || result.length < PER_PAGE;
    if (isLast) break;
  }
  return found;
}

function explain({ status }: HttpAnswer): ProductError | undefined {
  if (status === 401) {
    return new ProductError('unauthenticated', {
      subject: NAME,
      message: 'Cloudflare does not accept our API token. Look at mailboxes.api_token.',
    });
  }
  if (status !== 403) return undefined;
  return new ProductError('missing-permission', {
    subject: NAME,
    message:
      'Our API token may not do this. It needs Zone > Email Routing Rules > Edit for the zone, and Account > Email Routing Addresses > Read.',
  });
}
