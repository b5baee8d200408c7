import { z } from 'zod';

import type { Json } from '../json.ts';
import type { Tier } from '../rate-limits.ts';
import { invalid, SlackRefusal } from '../slack-refusal.ts';
import type { World } from '../world.ts';

/** One Web API method: who may call it, how often, with what, and what it does. */
export interface Method {
  readonly tier: Tier;
  readonly token: 'bot' | 'app';
  readonly scope: string | null;
  run(args: Json, world: World): Json;
}

export type Methods = Readonly<Record<string, Method>>;

export function defineMethod<Args>(definition: {
  readonly tier: Tier;
  readonly token?: 'bot' | 'app';
  readonly scope?: string;
  readonly args: z.ZodType<Args>;
  readonly run: (args: Args, world: World) => Json;
}): Method {
  return {
    tier: definition.tier,
    token: definition.token ?? 'bot',
    scope: definition.scope ?? null,
    run(args, world) {
      const parsed = definition.args.safeParse(args);
      if (!parsed.success) {
        const problems = parsed.error.issues.map(
          (issue) => `${issue.message} [json-pointer:/${issue.path.join('/')}]`,
        );
        throw invalid('invalid_arguments', problems);
      }
      return definition.run(parsed.data, world);
    },
  };
}

export function requireScope(world: World, scope: string): void {
  if (world.botScopes.includes(scope)) return;
  throw new SlackRefusal('missing_scope', { needed: scope, provided: world.botScopes.join(',') });
}

/** Forms carry everything as text; JSON bodies carry the values themselves. */
export const flag = z
  .union([z.boolean(), z.enum(['true', 'false', '1', '0'])])
  .transform((value) => value === true || value === 'true' || value === '1');

const count = z.coerce.number().int().min(1).max(1000);

export const paging = { cursor: z.string().optional(), limit: count.optional() };

/** One page of a list, as every cursor method cuts it. */
export function page<Item>(
  items: readonly Item[],
  args: { readonly cursor?: string | undefined; readonly limit?: number | undefined },
): { readonly items: readonly Item[]; readonly response_metadata: Json } {
  const start = args.cursor === undefined || args.cursor === '' ? 0 : Number(atob(args.cursor));
  if (!Number.isInteger(start)) throw new SlackRefusal('invalid_cursor');
  // 100 unless told otherwise: the trap that makes careless apps miss members and messages.
  const end = start + (args.limit ?? 100);
  const next = end < items.length ? btoa(String(end)) : '';
  return { items: items.slice(start, end), response_metadata: { next_cursor: next } };
}
