import type { KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';

import { ProductError } from '../domain/errors.ts';
import type { Message } from './blocks.ts';
import { METADATA_TYPE } from './ids.ts';
import type { Pace, PacedMethod } from './pace.ts';
import { explainSlack } from './slack-errors.ts';

export interface Place {
  readonly channel: string;
  readonly ts: string;
}

/** Where in Slack somebody is: a channel or a thread in it. */
interface Whereabouts {
  readonly channel: string;
  readonly thread: string | null;
}

/** Which message this is, kept in its metadata so that it can be found again after a crash. */
interface About {
  readonly request: string;
  readonly key: string;
}

/** The few calls by which jobs and listeners put messages into Slack; none is ever repeated here. */
export interface Messenger {
  post(channel: string, thread: string | null, message: Message, about: About): Promise<Place>;
  update(place: Place, message: Message): Promise<void>;
  /** Like `update`, for somebody who is waiting: at once, or not at all when others must go first. */
  updateNow(place: Place, message: Message): Promise<boolean>;
  /** To one person in a channel, or in their direct messages when they are not in it. */
  whisper(person: string, place: Whereabouts | null, message: Message): Promise<void>;
  /** The direct-message channel with a person. */
  direct(person: string): Promise<string>;
  /**
   * Looks for a message by its metadata since a moment; undefined when there is none. Needs a
   * history scope. @throws ProductError `missing-permission` without it
   */
  find(
    channel: string,
    thread: string | null,
    about: About,
    since: string,
  ): Promise<string | undefined>;
  /** Where a browser shows the message. */
  url(place: Place, thread: string | null): string;
}

const posted = z.object({ channel: z.string(), ts: z.string() });
const opened = z.object({ channel: z.object({ id: z.string() }) });
const metadataSchema = z.object({
  event_type: z.string(),
  event_payload: z.record(z.string(), z.unknown()),
});
type Metadata = z.infer<typeof metadataSchema>;
const history = z.object({
  messages: z.array(z.object({ ts: z.string(), metadata: metadataSchema.optional() })),
});

const QUIET = { unfurl_links: false, unfurl_media: false };

export function createMessenger(client: WebClient, pace: Pace, workspaceUrl: string): Messenger {
  const call = createCall(client);
  const directs = new Map<string, string>();

  async function direct(person: string): Promise<string> {
    const known = directs.get(person);
    if (known !== undefined) return known;
    await pace.turn('conversations.open', person);
    const { channel } = await call('conversations.open', opened, { users: person });
    directs.set(person, channel.id);
    return channel.id;
  }

  function update(place: Place, message: Message) {
    return call('chat.update', z.unknown(), { ...place, ...content(message) });
  }

  return {
    direct,
    async post(channel, thread, message, about) {
      await pace.turn('chat.postMessage', channel);
      const metadata = { event_type: METADATA_TYPE, event_payload: { ...about } };
      const args = { channel, ...content(message), ...inThread(thread), ...QUIET, metadata };
      return call('chat.postMessage', posted, args);
    },
    async update(place, message) {
      await pace.turn('chat.update', place.channel);
      await update(place, message);
    },
    async updateNow(place, message) {
      if (!(await pace.free('chat.update', place.channel))) return false;
      await update(place, message);
      return true;
    },
    async whisper(person, place, message) {
      if (place !== null && (await showEphemeral(call, pace, person, place, message))) return;
      const channel = await direct(person);
      pace.note('chat.postMessage', channel);
      await call('chat.postMessage', posted, { channel, ...content(message), ...QUIET });
    },
    async find(channel, thread, about, since) {
      const method = thread === null ? 'conversations.history' : 'conversations.replies';
      await pace.turn(method, channel);
      const { messages } = await call(method, history, {
        channel,
        oldest: String(Date.parse(since) / 1000 - 60),
        limit: 200,
        include_all_metadata: true,
        ...(thread === null ? {} : { ts: thread }),
      });
      return messages.find(({ metadata }) => isAbout(metadata, about))?.ts;
    },
    url(place, thread) {
      const own = `${workspaceUrl}archives/${place.channel}/p${place.ts.replace('.', '')}`;
      return thread === null ? own : `${own}?thread_ts=${thread}&cid=${place.channel}`;
    },
  };
}

type Call = <T>(
  method: PacedMethod,
  schema: z.ZodType<T>,
  args: Record<string, unknown>,
) => Promise<T>;

function createCall(client: WebClient): Call {
  return async (method, schema, args) => {
    try {
      return schema.parse(await client.apiCall(method, args));
    } catch (error) {
      throw error instanceof z.ZodError ? strange(method, error) : explainSlack(error, method);
    }
  };
}

/** False when Slack did not show it; whatever the reason, there is another way to tell the person. */
async function showEphemeral(
  call: Call,
  pace: Pace,
  person: string,
  { channel, thread }: Whereabouts,
  message: Message,
): Promise<boolean> {
  const args = { channel, user: person, ...content(message), ...inThread(thread) };
  pace.note('chat.postEphemeral', channel);
  return call('chat.postEphemeral', z.unknown(), args).then(
    () => true,
    () => false,
  );
}

function isAbout(metadata: Metadata | undefined, { request, key }: About): boolean {
  if (metadata?.event_type !== METADATA_TYPE) return false;
  const { event_payload: payload } = metadata;
  return payload['request'] === request && payload['key'] === key;
}

function inThread(thread: string | null) {
  return thread === null ? {} : { thread_ts: thread };
}

function content(message: Message): { text: string; blocks: KnownBlock[] } {
  return { text: message.text, blocks: message.blocks };
}

function strange(method: string, cause: unknown): ProductError {
  const message = `Slack gave an answer to ${method} that we do not understand.`;
  return new ProductError('unexpected-answer', { subject: 'Slack', message, cause });
}
