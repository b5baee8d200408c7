import type { WebClient } from '@slack/web-api';
import { z } from 'zod';

import type { Pace } from './pace.ts';
import { explainSlack, slackWord } from './slack-errors.ts';
import type { Choice } from './views/inputs.ts';

const answer = z.object({
  usergroups: z.array(z.object({ id: z.string(), name: z.string(), handle: z.string() })),
});

const NO_GROUPS: readonly (string | undefined)[] = ['plan_upgrade_required', 'missing_scope'];

/** The workspace's user groups to choose from; none where the plan has none. */
export async function listUserGroups(client: WebClient, pace: Pace): Promise<Choice[]> {
  await pace.turn('usergroups.list', '');
  try {
    const { usergroups } = answer.parse(await client.usergroups.list({}));
    return usergroups.map(({ id, name, handle }) => ({
      value: id,
      label: name,
      hint: `@${handle}`,
    }));
  } catch (error) {
    if (NO_GROUPS.includes(slackWord(error))) return [];
    throw explainSlack(error, 'usergroups.list');
  }
}
