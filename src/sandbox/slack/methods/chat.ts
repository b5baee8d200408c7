import { z } from 'zod';

import { findChannel, placeToPost } from '../channels.ts';
import { isJson } from '../json.ts';
import type { Json } from '../json.ts';
import { describeMessage, edit, findMessage, post, remove } from '../messages.ts';
import { SlackRefusal } from '../slack-refusal.ts';
import type { World } from '../world.ts';
import { defineMethod, flag } from './method.ts';
import type { Methods } from './method.ts';

const content = {
  channel: z.string(),
  text: z.string().optional(),
  blocks: z.unknown().optional(),
  attachments: z.unknown().optional(),
  metadata: z.unknown().optional(),
};
const posting = z.looseObject({
  ...content,
  thread_ts: z.string().optional(),
  reply_broadcast: flag.optional(),
});

/** Posting, editing and deleting messages. */
export const CHAT_METHODS: Methods = {
  'chat.postMessage': defineMethod({
    tier: 'posting',
    scope: 'chat:write',
    args: posting,
    run(args, world) {
      const channel = placeToPost(world, args.channel);
      const metadata = checkMetadata(args.metadata);
      const message = post(world, channel, {
        text: args.text,
        blocks: args.blocks,
        threadTs: args.thread_ts,
        metadata: metadata ?? null,
        args,
      });
      return { channel: channel.id, ts: message.ts, message: describeMessage(world, message) };
    },
  }),
  'chat.postEphemeral': defineMethod({
    tier: 'tier4',
    scope: 'chat:write',
    args: posting.extend({ user: z.string() }),
    run(args, world) {
      const channel = placeToPost(world, args.channel);
      if (!channel.members.has(args.user)) throw new SlackRefusal('user_not_in_channel');
      const message = post(world, channel, {
        text: args.text,
        blocks: args.blocks,
        threadTs: args.thread_ts,
        ephemeralFor: args.user,
        args,
      });
      return { message_ts: message.ts };
    },
  }),
  'chat.update': defineMethod({
    tier: 'tier3',
    scope: 'chat:write',
    args: z.looseObject({ ...content, ts: z.string() }),
    run(args, world) {
      const message = ownMessage(world, args.channel, args.ts, 'cant_update_message');
      if (world.lockedMessages.has(message.ts)) throw new SlackRefusal('edit_window_closed');
      const metadata = checkMetadata(args.metadata);
      const edited = edit(world, message, { text: args.text, blocks: args.blocks }, metadata);
      return {
        channel: edited.channel,
        ts: edited.ts,
        text: edited.text,
        message: describeMessage(world, edited),
      };
    },
  }),
  'chat.delete': defineMethod({
    tier: 'tier3',
    scope: 'chat:write',
    args: z.looseObject({ channel: z.string(), ts: z.string() }),
    run(args, world) {
      remove(world, ownMessage(world, args.channel, args.ts, 'cant_delete_message'));
      return { channel: args.channel, ts: args.ts };
    },
  }),
  'chat.getPermalink': defineMethod({
    tier: 'many',
    args: z.looseObject({ channel: z.string(), message_ts: z.string() }),
    run(args, world) {
      const message = findMessage(world, findChannel(world, args.channel).id, args.message_ts);
      const page = `https://${world.teamDomain}.slack.com/archives/${message.channel}`;
      const permalink = `${page}/p${message.ts.replace('.', '')}`;
      return { channel: message.channel, permalink };
    },
  }),
};

function ownMessage(world: World, channelId: string, ts: string, refusal: string) {
  const channel = findChannel(world, channelId);
  const message = findMessage(world, channel.id, ts);
  if (message.botId !== world.botId) throw new SlackRefusal(refusal);
  return message;
}

function checkMetadata(metadata: unknown): Json | undefined {
  if (metadata === undefined) return undefined;
  const isEmpty = isJson(metadata) && Object.keys(metadata).length === 0;
  const isWhole =
    isJson(metadata) &&
    typeof metadata['event_type'] === 'string' &&
    isJson(metadata['event_payload']);
  if (!isJson(metadata) || !(isWhole || isEmpty)) {
    throw new SlackRefusal('invalid_metadata_format');
  }
  return metadata;
}
