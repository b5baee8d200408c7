import { z } from 'zod';

import { SlackRefusal } from '../slack-refusal.ts';
import type { Execution, World } from '../world.ts';
import { defineMethod } from './method.ts';
import type { Methods } from './method.ts';

/** The app itself: who it is, its Socket Mode connections, its workflow steps. */
export const APP_METHODS: Methods = {
  'auth.test': defineMethod({
    tier: 'many',
    args: z.looseObject({}),
    run: (_args, world) => ({
      url: `https://${world.teamDomain}.slack.com/`,
      team: world.teamDomain,
      team_id: world.teamId,
      user: world.people.get(world.botUserId)?.name ?? 'app',
      user_id: world.botUserId,
      bot_id: world.botId,
      is_enterprise_install: false,
    }),
  }),
  'apps.connections.open': defineMethod({
    tier: 'connections',
    token: 'app',
    scope: 'connections:write',
    args: z.looseObject({}),
    run(_args, world) {
      const ticket = world.nextId('ticket-');
      world.tickets.add(ticket);
      return { url: `${world.socketUrl}/link/?ticket=${ticket}` };
    },
  }),
  'functions.completeSuccess': defineMethod({
    tier: 'tier3',
    args: z.looseObject({ function_execution_id: z.string(), outputs: z.unknown().optional() }),
    run(args, world) {
      finish(world, args.function_execution_id, 'success', { outputs: args.outputs });
      return {};
    },
  }),
  'functions.completeError': defineMethod({
    tier: 'tier3',
    args: z.looseObject({ function_execution_id: z.string(), error: z.string() }),
    run(args, world) {
      finish(world, args.function_execution_id, 'error', { error: args.error });
      return {};
    },
  }),
};

function finish(
  world: World,
  id: string,
  outcome: Execution['outcome'],
  result: Execution['result'],
): void {
  const execution = world.executions.get(id);
  if (execution === undefined) throw new SlackRefusal('function_execution_not_found');
  if (execution.outcome !== 'running') throw new SlackRefusal('execution_not_in_running_state');
  world.executions.set(id, { ...execution, outcome, result });
  world.changed();
}
