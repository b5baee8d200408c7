import { z } from 'zod';

import type { SandboxAnswer, SandboxRequest } from '../kit/server.ts';
import { edit, post, remove } from './messages.ts';
import { SlackRefusal } from './slack-refusal.ts';
import type { Message, ResponseUrl, World } from './world.ts';

// https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
const MOST_USES = 5;
const LIFETIME_MS = 30 * 60_000;

const answerSchema = z.looseObject({
  text: z.string().optional(),
  blocks: z.unknown().optional(),
  response_type: z.enum(['ephemeral', 'in_channel']).default('ephemeral'),
  replace_original: z.boolean().default(false),
  delete_original: z.boolean().default(false),
  thread_ts: z.string().optional(),
});
type Response = z.infer<typeof answerSchema>;

/** What an app posts to a response_url: five times, within half an hour. */
export function answerResponseUrl(world: World, request: SandboxRequest): SandboxAnswer {
  const url = world.responseUrls.get(request.params['id'] ?? '');
  const age = world.clock.now().getTime() - (url?.at ?? 0);
  if (url === undefined || age > LIFETIME_MS) return refuse(404, 'expired_url');
  if (url.uses >= MOST_USES) return refuse(404, 'used_url');
  const parsed = answerSchema.safeParse(request.body);
  if (!parsed.success) return refuse(400, 'invalid_payload');
  url.uses += 1;
  try {
    respond(world, url, parsed.data);
    return { status: 200, body: { ok: true } };
  } catch (error) {
    if (error instanceof SlackRefusal) return refuse(400, error.message);
    throw error;
  }
}

/** The body of a command's acknowledgement is an answer too. */
export function respond(
  world: World,
  url: Omit<ResponseUrl, 'at' | 'uses'>,
  answer: Response,
): void {
  const original = currentOriginal(world, url.message);
  if (answer.delete_original) {
    if (original !== undefined) remove(world, original);
    return;
  }
  if (answer.replace_original && original !== undefined) {
    edit(world, original, { text: answer.text, blocks: answer.blocks });
    return;
  }
  const channel = world.channels.get(url.channel);
  if (channel === undefined) throw new SlackRefusal('channel_not_found');
  post(world, channel, {
    text: answer.text,
    blocks: answer.blocks,
    threadTs: answer.thread_ts,
    ephemeralFor: answer.response_type === 'ephemeral' ? url.userId : null,
    args: answer,
  });
}

export function readAnswer(body: unknown): Response | undefined {
  const parsed = answerSchema.safeParse(typeof body === 'string' ? { text: body } : body);
  return parsed.success ? parsed.data : undefined;
}

function currentOriginal(world: World, message: Message | null): Message | undefined {
  return world.messages.find((one) => one.ts === message?.ts && one.channel === message.channel);
}

function refuse(status: number, error: string): SandboxAnswer {
  return { status, body: { ok: false, error } };
}
