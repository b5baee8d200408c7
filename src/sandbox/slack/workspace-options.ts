import type { Clock } from '../../lib/clock.ts';
import { addChannel, addPerson, setGroup } from './seeds.ts';
import type { ChannelSeed, GroupSeed, PersonSeed } from './seeds.ts';
import type { World, WorldOptions } from './world.ts';

export interface WorkspaceOptions extends Partial<WorldOptions> {
  readonly people?: readonly PersonSeed[];
  readonly channels?: readonly ChannelSeed[];
  readonly groups?: readonly GroupSeed[];
  readonly signingSecret?: string;
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly rateLimits?: 'published' | 'off';
  /** Multiplies the published limits. */
  readonly rateScale?: number;
  /** Every Web API call takes at least this long. */
  readonly delayMs?: number;
  /** How long the app has to acknowledge; 3 s as published. */
  readonly ackTimeoutMs?: number;
}

export function worldOptions(options: WorkspaceOptions, clock: Clock): WorldOptions {
  return {
    clock,
    teamId: options.teamId ?? 'T00000001',
    teamDomain: options.teamDomain ?? 'sandbox',
    appId: options.appId ?? 'A00000001',
    botId: options.botId ?? 'B00000001',
    botUserId: options.botUserId ?? 'U0000000B',
    botToken: options.botToken ?? 'xoxb-sandbox-bot-token',
    appToken: options.appToken ?? 'xapp-sandbox-app-token',
    botScopes: options.botScopes ?? [
      'commands',
      'chat:write',
      'users:read',
      'users:read.email',
      'usergroups:read',
      'im:write',
    ],
    appScopes: options.appScopes ?? ['connections:write'],
    paidPlan: options.paidPlan ?? true,
    homeTab: options.homeTab ?? true,
  };
}

export function seed(world: World, options: WorkspaceOptions): void {
  addPerson(world, { id: world.botUserId, name: 'flow-service-accounts', isBot: true });
  for (const person of options.people ?? []) addPerson(world, person);
  for (const channel of options.channels ?? []) addChannel(world, channel);
  for (const group of options.groups ?? []) setGroup(world, group);
}
