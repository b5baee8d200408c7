import { LIMITS } from '../../slack/block-limits.ts';
import { describeBlockProblem, findBlockProblems } from '../../slack/lint-blocks.ts';
import { nameBlocks } from './fields.ts';
import { jsonList } from './json.ts';
import type { Json } from './json.ts';
import { invalid, SlackRefusal } from './slack-refusal.ts';
import type { Channel, Message, World } from './world.ts';

export interface Content {
  readonly text?: string | undefined;
  readonly blocks?: unknown;
}

export interface Posting extends Content {
  readonly threadTs?: string | undefined;
  readonly metadata?: Json | null;
  readonly ephemeralFor?: string | null;
  readonly args?: Json;
}

/** Puts the app's message where it belongs, or refuses it as Slack would. */
export function post(world: World, channel: Channel, posting: Posting): Message {
  checkContent(world, posting);
  if (posting.text === undefined && posting.blocks === undefined) throw new SlackRefusal('no_text');
  if (posting.text === '' && posting.blocks === undefined) throw new SlackRefusal('no_text');
  checkThread(world, channel, posting.threadTs);
  return keep(world, {
    channel: channel.id,
    ts: world.nextTs(),
    user: world.botUserId,
    botId: world.botId,
    text: (posting.text ?? '').slice(0, LIMITS.messageText),
    blocks: nameBlocks(world, jsonList(posting.blocks)),
    threadTs: posting.threadTs ?? null,
    metadata: posting.metadata ?? null,
    edited: false,
    ephemeralFor: posting.ephemeralFor ?? null,
    args: posting.args ?? {},
  });
}

export function keep(world: World, message: Message): Message {
  world.messages.push(message);
  world.changed();
  return message;
}

export function findMessage(world: World, channel: string, ts: string): Message {
  const message = world.messages.find(
    (one) => one.channel === channel && one.ts === ts && one.ephemeralFor === null,
  );
  if (message === undefined) throw new SlackRefusal('message_not_found');
  return message;
}

function replace(world: World, old: Message, message: Message): Message {
  world.messages.splice(world.messages.indexOf(old), 1, message);
  world.changed();
  return message;
}

export function remove(world: World, message: Message): void {
  world.messages.splice(world.messages.indexOf(message), 1);
  world.changed();
}

/** New content for a message that is there: text alone takes the blocks away. */
export function edit(world: World, message: Message, content: Content, metadata?: Json): Message {
  checkContent(world, content, 'keeps-text');
  if ((content.text ?? '').length > LIMITS.updateText) throw new SlackRefusal('msg_too_long');
  const untouched = content.text === undefined && content.blocks === undefined;
  const blocks = nameBlocks(world, jsonList(content.blocks));
  const cleared = metadata !== undefined && Object.keys(metadata).length === 0;
  return replace(world, message, {
    ...message,
    text: content.text ?? (untouched ? message.text : ''),
    blocks: untouched ? message.blocks : blocks,
    metadata: cleared ? null : (metadata ?? message.metadata),
    // Slack marks only plain edits as edited.
    edited: content.blocks === undefined,
  });
}

/** What the Web API and payloads show of a message. */
export function describeMessage(world: World, message: Message): Json {
  return {
    type: 'message',
    user: message.user,
    ...(message.botId === null ? {} : { bot_id: message.botId, app_id: world.appId }),
    team: world.teamId,
    ts: message.ts,
    text: message.text,
    ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
    ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
    ...(message.metadata === null ? {} : { metadata: message.metadata }),
    ...(message.edited ? { edited: { user: message.user, ts: message.ts } } : {}),
  };
}

function checkContent(world: World, content: Content, mode?: 'keeps-text'): void {
  if (content.blocks !== undefined && !Array.isArray(content.blocks)) {
    throw new SlackRefusal('invalid_blocks_format');
  }
  const text = content.text?.slice(0, LIMITS.messageText);
  const problems = findBlockProblems('message', { text, blocks: content.blocks });
  const refused = problems.filter(({ severity }) => severity === 'refused');
  if (refused.length > 0) {
    const tooLong = refused.every(({ message }) => message.startsWith('blocks together'));
    const error = tooLong ? 'msg_blocks_too_long' : 'invalid_blocks';
    throw invalid(error, refused.map(describeBlockProblem));
  }
  if (mode === 'keeps-text' && content.blocks === undefined) return;
  world.advice.push(...problems.map(describeBlockProblem));
}

/** Replies hang on a message of the channel, not on another reply. */
function checkThread(world: World, channel: Channel, threadTs: string | undefined): void {
  if (threadTs === undefined) return;
  const parent = world.messages.find((one) => one.channel === channel.id && one.ts === threadTs);
  if (parent === undefined) throw new SlackRefusal('thread_not_found');
  if (parent.threadTs !== null && parent.threadTs !== parent.ts) {
    throw new SlackRefusal('cannot_reply_to_message');
  }
}
