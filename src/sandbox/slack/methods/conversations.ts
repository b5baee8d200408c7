import { z } from 'zod';

import { describeChannel, directChannel, findChannel } from '../channels.ts';
import { describeMessage, findMessage } from '../messages.ts';
import { SlackRefusal } from '../slack-refusal.ts';
import type { Channel, Message, World } from '../world.ts';
import { defineMethod, flag, page, paging, requireScope } from './method.ts';
import type { Methods } from './method.ts';
import { isVisible } from './people.ts';

const SCOPE_PREFIX = { public: 'channels', private: 'groups', im: 'im' } as const;
const inChannel = z.looseObject({ channel: z.string(), ...paging });
const reading = inChannel.extend({ include_all_metadata: flag.optional() });

/** Channels and direct conversations; reading them needs scopes the product does not ask for. */
export const CONVERSATION_METHODS: Methods = {
  'conversations.open': defineMethod({
    tier: 'tier3',
    scope: 'im:write',
    args: z.looseObject({ users: z.string().optional(), return_im: flag.optional() }),
    run(args, world) {
      const [id = '', ...others] = (args.users ?? '').split(',').filter((one) => one !== '');
      if (id === '') throw new SlackRefusal('users_list_not_supplied');
      if (others.length > 0) requireScope(world, 'mpim:write');
      const person = world.people.get(id);
      if (person === undefined) throw new SlackRefusal('user_not_found');
      if (person.deleted) throw new SlackRefusal('user_disabled');
      if (person.isBot) throw new SlackRefusal('cannot_dm_bot');
      if (!isVisible(world, person)) throw new SlackRefusal('user_not_visible');
      const known = world.channels.has(`D${person.id.slice(1)}`);
      const channel = directChannel(world, person);
      const whole = args.return_im === true ? describeChannel(world, channel) : { id: channel.id };
      return { ...(known ? { no_op: true, already_open: true } : {}), channel: whole };
    },
  }),
  'conversations.info': defineMethod({
    tier: 'tier3',
    args: z.looseObject({ channel: z.string() }),
    run: (args, world) => ({
      channel: describeChannel(world, readable(world, args.channel, 'read')),
    }),
  }),
  'conversations.members': defineMethod({
    tier: 'tier4',
    args: inChannel,
    run(args, world) {
      const channel = readable(world, args.channel, 'read');
      const { items, response_metadata } = page([...channel.members], args);
      return { members: items, response_metadata };
    },
  }),
  'conversations.history': defineMethod({
    tier: 'tier3',
    args: reading,
    run(args, world) {
      const channel = readable(world, args.channel, 'history');
      const roots = inPublic(world, channel).filter((one) => one.threadTs === null);
      return listMessages(world, roots.toReversed(), args);
    },
  }),
  'conversations.replies': defineMethod({
    tier: 'tier3',
    args: reading.extend({ ts: z.string() }),
    run(args, world) {
      const channel = readable(world, args.channel, 'history');
      const parent = findThread(world, channel, args.ts);
      const replies = inPublic(world, channel).filter((one) => one.threadTs === parent.ts);
      return listMessages(world, [parent, ...replies], args);
    },
  }),
};

function readable(world: World, id: string, what: 'read' | 'history'): Channel {
  const channel = findChannel(world, id);
  requireScope(world, `${SCOPE_PREFIX[channel.kind]}:${what}`);
  if (what === 'history' && !channel.members.has(world.botUserId)) {
    throw new SlackRefusal('not_in_channel');
  }
  return channel;
}

function inPublic(world: World, channel: Channel): readonly Message[] {
  return world.messages.filter(
    (message) => message.channel === channel.id && message.ephemeralFor === null,
  );
}

function findThread(world: World, channel: Channel, ts: string): Message {
  try {
    return findMessage(world, channel.id, ts);
  } catch {
    throw new SlackRefusal('thread_not_found');
  }
}

function listMessages(
  world: World,
  messages: readonly Message[],
  args: z.infer<typeof reading>,
): { messages: unknown[]; has_more: boolean; response_metadata: unknown } {
  const { items, response_metadata } = page(messages, args);
  if (args.include_all_metadata === true) requireScope(world, 'metadata.message:read');
  const shown = items.map((message) =>
    describeMessage(world, args.include_all_metadata ? message : { ...message, metadata: null }),
  );
  return { messages: shown, has_more: response_metadata['next_cursor'] !== '', response_metadata };
}
