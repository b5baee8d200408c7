import { z } from 'zod';

import { stateSchema } from './form-state.ts';

/** What we read of Slack's payloads, and nothing else. */
export const commandSchema = z.object({
  user_id: z.string(),
  channel_id: z.string(),
  trigger_id: z.string(),
  text: z.string().default(''),
});

export const shortcutSchema = z.object({
  user: z.object({ id: z.string() }),
  trigger_id: z.string(),
});

/** The shortcut in a message's own menu. */
export const messageShortcutSchema = z.object({
  user: z.object({ id: z.string() }),
  trigger_id: z.string(),
  channel: z.object({ id: z.string() }),
  message: z.object({
    ts: z.string(),
    thread_ts: z.string().optional(),
    text: z.string().default(''),
  }),
});

/** A workflow has come to our step. */
export const functionSchema = z.object({
  function_execution_id: z.string(),
  inputs: z.object({
    requester: z.string(),
    kind: z.string().nullish(),
    purpose: z.string().nullish(),
  }),
});

const actionSchema = z.object({
  user: z.object({ id: z.string() }),
  trigger_id: z.string().default(''),
  channel: z.object({ id: z.string() }).optional(),
  message: z.object({ ts: z.string(), thread_ts: z.string().optional() }).optional(),
  view: z.object({ id: z.string(), type: z.string() }).optional(),
  container: z.object({ type: z.string().optional() }).optional(),
  actions: z.array(z.object({ action_id: z.string(), value: z.string().optional() })).min(1),
});

/** A click on a button in a message. */
export interface Click {
  readonly person: string;
  readonly trigger: string;
  readonly action: string;
  /** What the button carries: a request id, or a request and a step. */
  readonly value: string;
  readonly place: { readonly channel: string; readonly ts: string } | null;
  /** The thread the message is in, null for the thread's own first message. */
  readonly thread: string | null;
  /** The modal or Home tab that was clicked; null for a message. */
  readonly view: { readonly id: string; readonly type: string } | null;
}

export function readClick(body: unknown): Click {
  const { user, trigger_id: trigger, channel, message, view, actions } = actionSchema.parse(body);
  const thread = message?.thread_ts;
  return {
    person: user.id,
    trigger,
    action: actions[0]?.action_id ?? '',
    value: actions[0]?.value ?? '',
    place:
      channel === undefined || message === undefined
        ? null
        : { channel: channel.id, ts: message.ts },
    thread: thread === undefined || thread === message?.ts ? null : thread,
    view: view ?? null,
  };
}

const viewSchema = z.object({
  id: z.string(),
  hash: z.string(),
  root_view_id: z.string().nullish(),
  private_metadata: z.string().default(''),
  state: stateSchema,
});

const submissionSchema = z.object({ user: z.object({ id: z.string() }), view: viewSchema });

/** A modal with what is filled in, sent or merely changed. */
export interface Filled {
  readonly person: string;
  readonly view: z.infer<typeof viewSchema>;
}

export function readFilled(body: unknown): Filled {
  const { user, view } = submissionSchema.parse(body);
  return { person: user.id, view };
}

export const suggestionSchema = z.object({
  user: z.object({ id: z.string() }),
  action_id: z.string(),
  block_id: z.string(),
  value: z.string().default(''),
});

/** Somebody's profile has changed, or they have left. */
export const personSchema = z.object({
  user: z.object({ id: z.string(), deleted: z.boolean().default(false) }),
});

export const homeSchema = z.object({ user: z.string(), tab: z.string().default('home') });

/** Carried by the deny modal: which request, and which message was clicked. */
export const denySchema = z.object({
  request: z.string(),
  channel: z.string().nullable(),
  ts: z.string().nullable(),
});

/** Carried by the task modal. */
export const taskSchema = z.object({ request: z.string(), step: z.string() });
