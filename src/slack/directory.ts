import type { WebClient } from '@slack/web-api';
import { z } from 'zod';

import type { Member } from '../domain/approval.ts';
import type { PersonId } from '../domain/request.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Directory } from '../requests/requests.ts';
import { createAsking } from './ask-within-limits.ts';
import type { Pace } from './pace.ts';
import { explainSlack, slackWord } from './slack-errors.ts';

export interface SlackDirectory extends Directory {
  /** At most a minute old; good enough to draw a form, never to decide. */
  recent(id: PersonId, groups: readonly string[]): Promise<Member | undefined>;
  /** Why Slack could not tell us a group's members, as sentences; such a group counts as empty. */
  troubles(groups: readonly string[]): readonly string[];
}

export interface DirectoryDeps {
  readonly client: WebClient;
  readonly pace: Pace;
  readonly teamId: string;
  readonly clock: Clock;
  readonly log: Log;
}

const userAnswer = z.object({
  user: z.object({
    id: z.string(),
    team_id: z.string().optional(),
    deleted: z.boolean().optional(),
    is_bot: z.boolean().optional(),
    is_restricted: z.boolean().optional(),
    is_ultra_restricted: z.boolean().optional(),
    is_stranger: z.boolean().optional(),
  }),
});

const groupAnswer = z.object({ users: z.array(z.string()) });

// No answer to wait for: until somebody changes the plan, the app or the rule, it stays so.
const LASTING: Readonly<Record<string, string>> = {
  plan_upgrade_required: 'this Slack plan has no user groups',
  no_such_subteam: 'there is no such user group',
  subteam_disabled: 'the user group is disabled',
  missing_scope: 'the app lacks the permission usergroups:read',
};

const RECENT_MS = 60_000;
const MOST_REMEMBERED = 1000;

/** Slack's own word on who somebody is. What Slack cannot tell never counts in their favour. */
export function createDirectory(deps: DirectoryDeps): SlackDirectory {
  const remembered = new Map<string, { member: Member | undefined; at: number }>();
  const troubles = new Map<string, string>();

  const ask = createAsking(deps.pace);

  async function inGroup(group: string, id: PersonId): Promise<boolean> {
    try {
      const users = await ask('usergroups.users.list', group, () => listGroup(group, deps));
      troubles.delete(group);
      return users.includes(id);
    } catch (error) {
      const lasting = LASTING[slackWord(error) ?? ''];
      if (lasting === undefined) throw explainSlack(error, 'usergroups.users.list');
      troubles.set(group, `The members of ${group} are not known: ${lasting}.`);
      deps.log.warn({ group, reason: lasting }, 'A user group of an approval rule cannot be read');
      return false;
    }
  }

  async function member(id: PersonId, groups: readonly string[]): Promise<Member | undefined> {
    const [user, held] = await Promise.all([
      ask('users.info', id, () => findUser(id, deps)),
      Promise.all(groups.map(async (group) => ((await inGroup(group, id)) ? [group] : []))),
    ]);
    if (user === undefined) return undefined;
    return {
      id: user.id,
      teamId: user.is_stranger === true ? '' : (user.team_id ?? ''),
      deleted: user.deleted ?? false,
      bot: user.is_bot ?? false,
      guest: (user.is_restricted ?? false) || (user.is_ultra_restricted ?? false),
      groups: held.flat(),
    };
  }

  return {
    teamId: deps.teamId,
    member,
    async recent(id, groups) {
      const key = `${id} ${groups.join(' ')}`;
      const known = remembered.get(key);
      const now = deps.clock.now().getTime();
      if (known !== undefined && now - known.at < RECENT_MS) return known.member;
      const found = await member(id, groups);
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      remembered.set(key, { member: found, at: now });
      return found;
    },
    troubles: (groups) => groups.flatMap((group) => troubles.get(group) ?? []),
  };
}

async function listGroup(usergroup: string, { client }: DirectoryDeps): Promise<readonly string[]> {
  return groupAnswer.parse(await client.usergroups.users.list({ usergroup })).users;
}

async function findUser(id: PersonId, { client }: DirectoryDeps) {
  try {
    return userAnswer.parse(await client.users.info({ user: id })).user;
  } catch (error) {
    if (['user_not_found', 'user_not_visible'].includes(slackWord(error) ?? '')) return undefined;
    throw explainSlack(error, 'users.info');
  }
}
