import { z } from 'zod';

import type { Json } from '../json.ts';
import { SlackRefusal } from '../slack-refusal.ts';
import type { Person, UserGroup, World } from '../world.ts';
import { defineMethod, flag, page, paging } from './method.ts';
import type { Methods } from './method.ts';

/** People and user groups. */
export const PEOPLE_METHODS: Methods = {
  'users.info': defineMethod({
    tier: 'tier4',
    scope: 'users:read',
    args: z.looseObject({ user: z.string() }),
    run(args, world) {
      const person = world.people.get(args.user);
      if (person === undefined) throw new SlackRefusal('user_not_found');
      if (!isVisible(world, person)) throw new SlackRefusal('user_not_visible');
      return { user: describePerson(world, person) };
    },
  }),
  'users.list': defineMethod({
    tier: 'tier2',
    scope: 'users:read',
    args: z.looseObject(paging),
    run(args, world) {
      const visible = [...world.people.values()].filter((person) => isVisible(world, person));
      const { items, response_metadata } = page(visible, args);
      return { members: items.map((person) => describePerson(world, person)), response_metadata };
    },
  }),
  'usergroups.list': defineMethod({
    tier: 'tier2',
    scope: 'usergroups:read',
    args: z.looseObject({ include_users: flag.optional(), include_disabled: flag.optional() }),
    run(args, world) {
      requirePaidPlan(world);
      const groups = [...world.groups.values()].filter(
        (group) => !group.disabled || args.include_disabled === true,
      );
      return {
        usergroups: groups.map((group) => ({
          ...describeGroup(world, group),
          ...(args.include_users === true ? { users: group.users } : {}),
        })),
      };
    },
  }),
  'usergroups.users.list': defineMethod({
    tier: 'tier2',
    scope: 'usergroups:read',
    args: z.looseObject({ usergroup: z.string(), include_disabled: flag.optional() }),
    run(args, world) {
      requirePaidPlan(world);
      const group = world.groups.get(args.usergroup);
      if (group === undefined || (group.disabled && args.include_disabled !== true)) {
        throw new SlackRefusal('no_such_subteam');
      }
      return { users: group.users };
    },
  }),
};

/** A person as users.info and the user_change event show them. */
export function describePerson(world: World, person: Person): Json {
  const profile = {
    real_name: person.realName,
    display_name: person.name,
    ...(world.botScopes.includes('users:read.email') ? { email: person.email } : {}),
  };
  const always = {
    id: person.id,
    team_id: person.teamId,
    name: person.name,
    deleted: person.deleted,
    is_bot: person.isBot,
    is_app_user: false,
    updated: 0,
    profile,
  };
  // Slack says little about people whose account is deactivated.
  if (person.deleted) return always;
  return {
    ...always,
    real_name: person.realName,
    tz: person.tz,
    is_admin: person.isAdmin,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: person.isRestricted,
    is_ultra_restricted: person.isUltraRestricted,
    ...(person.teamId === world.teamId ? {} : { is_stranger: true }),
  };
}

/** People of other workspaces can be seen only through a channel the app shares with them. */
export function isVisible(world: World, person: Person): boolean {
  if (person.teamId === world.teamId) return true;
  return [...world.channels.values()].some(
    ({ members }) => members.has(person.id) && members.has(world.botUserId),
  );
}

function requirePaidPlan(world: World): void {
  if (!world.paidPlan) throw new SlackRefusal('plan_upgrade_required');
}

function describeGroup(world: World, group: UserGroup): Json {
  return {
    id: group.id,
    team_id: world.teamId,
    is_usergroup: true,
    is_subteam: true,
    name: group.name,
    handle: group.handle,
    date_delete: group.disabled ? 1 : 0,
    user_count: group.users.length,
  };
}
