import type { WebClient } from '@slack/web-api';
import { z } from 'zod';

import type { Clock } from '../lib/clock.ts';
import { explainSlack } from './slack-errors.ts';

const answer = z.object({
  user: z.object({
    name: z.string().optional(),
    real_name: z.string().optional(),
    profile: z.object({ display_name: z.string().optional() }).optional(),
  }),
});

const KEPT_MS = 10 * 60_000;

/** Display names for pages; a name that Slack does not tell is the id. */
export function createPersonNames(
  client: WebClient,
  clock: Clock,
): (id: string) => Promise<string> {
  const known = new Map<string, { name: string; at: number }>();
  let notBefore = 0;
  return async (id) => {
    const now = clock.now().getTime();
    const kept = known.get(id);
    if (kept !== undefined && now - kept.at < KEPT_MS) return kept.name;
    if (now < notBefore) return kept?.name ?? id;
    try {
      const { user } = answer.parse(await client.users.info({ user: id }));
      const name = user.profile?.display_name || user.real_name || user.name || id;
      known.set(id, { name, at: now });
      return name;
    } catch (error) {
      notBefore = now + (explainSlack(error, 'users.info').retryAfterMs ?? 0);
      // Only a nicety: the page then names the id, which is no less true.
      return id;
    }
  };
}
