import { performance } from 'node:perf_hooks';

import type { Json } from './json.ts';
import { signedPost } from './signed-post.ts';
import type { Encoding, Forgery, SignedPost } from './signed-post.ts';
import type { Envelope, SocketMode } from './socket-mode.ts';
import type { World } from './world.ts';

export type DeliveryKind =
  | 'command'
  | 'block_actions'
  | 'block_suggestion'
  | 'view_submission'
  | 'view_closed'
  | 'shortcut'
  | 'event'
  | 'url_verification';

/** One payload on its way to the app, and what the app made of it. */
export interface Delivery {
  readonly kind: DeliveryKind;
  readonly payload: Json;
  readonly via: 'http' | 'socket' | 'nowhere';
  readonly at: Date;
  /** 0, or the number of the retry. */
  readonly retry: number;
  /** The bytes of an HTTP delivery, for replaying it. */
  readonly post: SignedPost | null;
  ms: number | null;
  /** HTTP status; 200 for an acknowledgement over Socket Mode. */
  status: number | null;
  /** What the app answered with: JSON, text or undefined. */
  body: unknown;
  /** As people read it: operation_timeout, dispatch_failed; null when the app answered in time. */
  error: string | null;
}

export interface Courier {
  readonly deliveries: Delivery[];
  readonly connect: (appUrl: string | null) => void;
  deliver(kind: DeliveryKind, payload: Json, retry?: number): Promise<Delivery>;
  /** Posts a payload past all rules, to try signatures and replays. */
  readonly rawPost: (kind: DeliveryKind, payload: Json, forgery?: Forgery) => Promise<Answer>;
  /** The very same bytes and signature once more. */
  readonly replay: (delivery: Delivery) => Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface CourierOptions {
  readonly signingSecret: string;
  readonly ackTimeoutMs: number;
}

const ENCODINGS: Readonly<Record<DeliveryKind, Encoding>> = {
  command: 'form',
  block_actions: 'payload',
  block_suggestion: 'payload',
  view_submission: 'payload',
  view_closed: 'payload',
  shortcut: 'payload',
  event: 'json',
  url_verification: 'json',
};

const ENVELOPES: Readonly<Record<Encoding, Envelope['type']>> = {
  form: 'slash_commands',
  payload: 'interactive',
  json: 'events_api',
};

/** Brings payloads to the app: over signed HTTP once it is connected, else over Socket Mode. */
export function createCourier(world: World, sockets: SocketMode, options: CourierOptions): Courier {
  const deliveries: Delivery[] = [];
  let appUrl: string | null = null;

  async function sendPost(post: SignedPost): Promise<Answer> {
    if (appUrl === null) throw new Error('The workspace is not connected to an app over HTTP.');
    const response = await fetch(appUrl, {
      method: 'POST',
      headers: post.headers,
      body: post.rawBody,
      redirect: 'manual',
      signal: AbortSignal.timeout(options.ackTimeoutMs),
    });
    return { status: response.status, body: readBody(await response.text()) };
  }

  async function transport(delivery: Delivery): Promise<Answer> {
    if (delivery.post !== null) return sendPost(delivery.post);
    const envelope: Envelope = {
      type: ENVELOPES[ENCODINGS[delivery.kind]],
      payload: delivery.payload,
      retry: delivery.retry,
      retryReason: delivery.retry === 0 ? '' : 'timeout',
    };
    const body = await sockets.send(envelope, options.ackTimeoutMs);
    return { status: 200, body: isEmpty(body) ? undefined : body };
  }

  return {
    deliveries,
    connect(url) {
      appUrl = url;
    },
    async deliver(kind, payload, retry = 0) {
      const overSocket = sockets.connections() > 0 ? 'socket' : 'nowhere';
      const via = appUrl === null ? overSocket : 'http';
      const delivery = prepare(world, options, { kind, payload, retry, via });
      deliveries.push(delivery);
      const start = performance.now();
      try {
        const answer = await transport(delivery);
        delivery.status = answer.status;
        delivery.body = answer.body;
        if (answer.status < 200 || answer.status >= 300) delivery.error = 'dispatch_failed';
      } catch (error) {
        delivery.error = isTimeout(error) ? 'operation_timeout' : 'dispatch_failed';
      }
      delivery.ms = performance.now() - start;
      world.changed();
      return delivery;
    },
    rawPost: (kind, payload, forgery) =>
      sendPost(signedPost(ENCODINGS[kind], payload, options.signingSecret, forgery)),
    replay(delivery) {
      if (delivery.post === null) throw new Error('Only HTTP deliveries can be replayed.');
      return sendPost(delivery.post);
    },
  };
}

function prepare(
  world: World,
  options: CourierOptions,
  what: Pick<Delivery, 'kind' | 'payload' | 'retry' | 'via'>,
): Delivery {
  const forgery: Forgery =
    what.retry === 0
      ? {}
      : {
          headers: {
            'x-slack-retry-num': String(what.retry),
            'x-slack-retry-reason': 'http_timeout',
          },
        };
  const post = signedPost(ENCODINGS[what.kind], what.payload, options.signingSecret, forgery);
  return {
    ...what,
    at: world.clock.now(),
    post: what.via === 'http' ? post : null,
    ms: null,
    status: null,
    body: undefined,
    error: null,
  };
}

function isTimeout(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === 'TimeoutError' || error.message === 'no acknowledgement')
  );
}

function readBody(text: string): unknown {
  if (text === '') return undefined;
  try {
    const body = JSON.parse(text) as unknown;
    return isEmpty(body) ? undefined : body;
  } catch {
    return text;
  }
}

function isEmpty(body: unknown): boolean {
  return (
    body === undefined ||
    body === null ||
    body === '' ||
    (typeof body === 'object' && Object.keys(body).length === 0)
  );
}
