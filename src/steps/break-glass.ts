import { z } from 'zod';

import { breakGlassOf } from '../domain/approval.ts';
import type { PageRow } from '../domain/page.ts';
import type { Facts, Request } from '../domain/request.ts';

/** Under this name an account's facts keep what was approved by one person alone. */
export const BREAK_GLASS = 'break-glass';

const once = z.object({
  request: z.string(),
  by: z.string(),
  at: z.string(),
  reason: z.string(),
  skipped: z.number(),
});
type Once = z.infer<typeof once>;
const kept = z.object({ approvals: z.array(once) });

/** What one person approved alone, for this account up to this request: its page tells it for ever. */
export function breakGlassFacts(request: Request): Facts {
  const earlier = kept.safeParse(request.inherited[BREAK_GLASS]).data?.approvals ?? [];
  const decision = breakGlassOf(request.decisions);
  if (decision === undefined) return { approvals: earlier };
  const { by, at, reason, skipped } = decision;
  const own: Once = { request: request.id, by, at, reason: reason ?? '', skipped: skipped ?? 0 };
  return { approvals: [...earlier, own] };
}

export async function breakGlassRows(
  request: Request,
  personName: (id: string) => Promise<string>,
): Promise<PageRow[]> {
  const { approvals } = kept.parse(breakGlassFacts(request));
  return Promise.all(
    approvals.map(async ({ request: id, by, at, reason, skipped }) => ({
      label: `Break-glass (${id})`,
      value: `${await personName(by)} approved alone on ${at}, without ${skipped} more: ${reason}`,
    })),
  );
}
