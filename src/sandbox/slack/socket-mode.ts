import type { IncomingMessage } from 'node:http';

import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { z } from 'zod';

import type { Json } from './json.ts';
import type { World } from './world.ts';

export interface Envelope {
  readonly type: 'slash_commands' | 'interactive' | 'events_api';
  readonly payload: Json;
  readonly retry: number;
  readonly retryReason: string;
}

export interface SocketMode {
  /** How many connections the app holds. */
  readonly connections: () => number;
  /** Sends to one connection, and answers with what the app acknowledged. */
  send(envelope: Envelope, timeoutMs: number): Promise<unknown>;
  /** Slack recycles connections; the app is expected to come back. */
  disconnect(reason: 'warning' | 'refresh_requested'): void;
  close(): Promise<void>;
}

const acknowledgement = z.object({ envelope_id: z.string(), payload: z.unknown().optional() });

/** The WebSocket side of Socket Mode: hello, envelopes that want an answer, disconnects. */
export async function startSocketMode(world: World): Promise<SocketMode> {
  const waiting = new Map<string, (payload: unknown) => void>();
  const sockets: WebSocket[] = [];
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    verifyClient: ({ req }: { req: IncomingMessage }) => {
      const ticket = new URL(req.url ?? '/', 'http://sandbox').searchParams.get('ticket') ?? '';
      return world.tickets.delete(ticket);
    },
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (address !== null && typeof address === 'object') {
    world.socketUrl = `ws://127.0.0.1:${address.port}`;
  }

  server.on('connection', (socket) => {
    sockets.push(socket);
    welcome(world, socket, sockets, waiting);
  });

  return {
    connections: () => sockets.length,
    async send(envelope, timeoutMs) {
      // Each payload goes to one of the connections.
      const socket = sockets.shift();
      if (socket === undefined) throw new Error('no connection');
      sockets.push(socket);
      const id = world.nextId('envelope-');
      try {
        return await new Promise((resolve, reject) => {
          const timer = setTimeout(() => reject(new Error('no acknowledgement')), timeoutMs);
          waiting.set(id, (payload) => {
            clearTimeout(timer);
            resolve(payload);
          });
          socket.send(JSON.stringify(describeEnvelope(id, envelope)));
        });
      } finally {
        waiting.delete(id);
      }
    },
    disconnect(reason) {
      const message = JSON.stringify({ type: 'disconnect', reason, debug_info: {} });
      for (const socket of sockets) socket.send(message);
    },
    async close() {
      await Promise.all(sockets.map(hangUp));
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

function welcome(
  world: World,
  socket: WebSocket,
  sockets: WebSocket[],
  waiting: ReadonlyMap<string, (payload: unknown) => void>,
): void {
  socket.on('close', () => {
    sockets.splice(sockets.indexOf(socket), 1);
    world.changed();
  });
  socket.on('message', (data) => {
    const text = Buffer.isBuffer(data) ? data.toString('utf8') : '';
    const parsed = acknowledgement.safeParse(readJson(text));
    const resolve = waiting.get(parsed.data?.envelope_id ?? '');
    if (parsed.success && resolve !== undefined) resolve(parsed.data.payload);
    else world.unexpected.push('Socket Mode message that answers no waiting envelope');
  });
  socket.send(JSON.stringify(hello(world, sockets.length)));
  world.changed();
}

const FAREWELL_MS = 250;

/** Takes leave properly, because an app that is just stopping reports a torn line as an error. */
function hangUp(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.terminate(), FAREWELL_MS);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.close(1001);
  });
}

function hello(world: World, connections: number): Json {
  return {
    type: 'hello',
    num_connections: connections,
    connection_info: { app_id: world.appId },
    debug_info: { host: 'sandbox', approximate_connection_time: 3600 },
  };
}

function describeEnvelope(id: string, envelope: Envelope): Json {
  return {
    envelope_id: id,
    type: envelope.type,
    payload: envelope.payload,
    accepts_response_payload: envelope.type !== 'events_api',
    ...(envelope.type === 'events_api'
      ? { retry_attempt: envelope.retry, retry_reason: envelope.retryReason }
      : {}),
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
